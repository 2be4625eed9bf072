/** One server-sent event. */
export interface Frame {
  readonly name: string
  readonly data: string
}

/** Cuts a stream of text into server-sent events, whatever the pieces in which it comes. */
export class Frames {
  #rest = ''
  /** The last id that was told, with which a reader comes back. */
  lastId: string | undefined

  /** Takes a piece and gives the events that it completes. */
  take(piece: string): Frame[] {
    const blocks = (this.#rest + piece).split('\n\n')
    this.#rest = blocks.pop() ?? ''
    return blocks.flatMap((block) => {
      const fields = new Map(
        block.split('\n').flatMap((line) => {
          const colon = line.indexOf(':')
          return colon <= 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1).trimStart()] as const]
        }),
      )
      this.lastId = fields.get('id') ?? this.lastId
      const data = fields.get('data')
      return data === undefined ? [] : [{ name: fields.get('event') ?? 'message', data }]
    })
  }
}
