import { defined } from '../../kit/defined.ts'
import { parseJsonObject, readNumber, readObject, readString, type JsonObject } from '../../kit/json.ts'
import { createSseFramer, sseEvent } from '../../kit/sse.ts'

const decoder = new TextDecoder()

/** What tells an exchange from all others, behind the letters for the kind of an id. */
export function bareId(requestId: string): string {
  return requestId.slice(requestId.indexOf('_') + 1)
}

/** The output of a response while it is written, and the events of its stream, which are numbered. */
export class Output {
  readonly #bareId: string
  #sequence = 0
  #told = ''
  /** By their place. */
  readonly items: JsonObject[] = []

  constructor(requestId: string) {
    this.#bareId = bareId(requestId)
  }

  /** The id of the next item, which never changes. */
  nextId(letters: string): string {
    return `${letters}_${this.#bareId}_${this.items.length}`
  }

  /** Moves an item to the place at which it was told, behind thoughts that said nothing. Gives its place, which is never further in front. */
  moveTo(from: number, place: number): number {
    for (let at = from; at < place; at += 1)
      this.items.splice(at, 0, { type: 'reasoning', id: `rs_${this.#bareId}_${at}`, summary: [] })
    return Math.max(from, place)
  }

  /** Takes the place of what was told here for items that were told whole otherwise. */
  adopt(told: ShownOutput['items']): void {
    for (const [at, item] of told) if (this.items[at] !== undefined) this.items[at] = item
  }

  /** Counts on behind events that the provider wrote itself. */
  countOn(wire: Uint8Array): void {
    const [, last = '-1'] = [...decoder.decode(wire).matchAll(/"sequence_number":\s*(\d+)/g)].at(-1) ?? []
    this.#sequence = Number(last) + 1
  }

  tell(type: string, members: JsonObject): void {
    const head = `{"type":"${type}","sequence_number":${this.#sequence++},`
    this.#told += sseEvent(type, head + JSON.stringify(members).slice(1))
  }

  /** Tells a piece of text, in an event that begins as `prefixOf` says. */
  tellPiece(prefix: string, text: string): void {
    this.#told += `${prefix}${this.#sequence++},"delta":${JSON.stringify(text)}}\n\n`
  }

  /** All that was told since this was asked for last. */
  take(): string {
    const told = this.#told
    this.#told = ''
    return told
  }

  /** Adds an item behind all others. */
  add(item: JsonObject): void {
    const output_index = this.items.push(item) - 1
    this.tell('response.output_item.added', { output_index, item })
  }

  /** Tells an item whole. */
  end(output_index: number, item: JsonObject): void {
    this.items[output_index] = item
    this.tell('response.output_item.done', { output_index, item })
  }

  /** Adds an item that is whole already. */
  addWhole(item: JsonObject): void {
    this.add(item)
    this.end(this.items.length - 1, item)
  }
}

/** The beginning of the events in which a piece of text is said; the number of the event and the text follow. */
export function prefixOf(piece: string, place: JsonObject): string {
  const type = `${piece}.delta`
  return `event: ${type}\ndata: {"type":"${type}",${JSON.stringify(place).slice(1, -1)},"sequence_number":`
}

/** What a provider's own events have told of its output. */
export interface ShownOutput {
  /** Where the last piece of text stands, and under which id; absent where none was told. */
  readonly place?: { readonly item_id: string; readonly output_index: number }
  /** Items that were told whole, by their place. */
  readonly items: ReadonlyMap<number, JsonObject>
}

/** Reads what whole frames of a provider have told. */
export function shownOutput(wire: Uint8Array): ShownOutput {
  const items = new Map<number, JsonObject>()
  let place: ShownOutput['place']
  createSseFramer().push(wire, ({ data }) => {
    const event = parseJsonObject(data) ?? {}
    const output_index = readNumber(event, 'output_index')
    const item_id = readString(event, 'item_id')
    const item = readObject(event, 'item')
    if (output_index === undefined) return
    if (event['type'] === 'response.output_item.done' && item !== undefined) items.set(output_index, item)
    else if (event['type'] === 'response.output_text.delta' && item_id !== undefined)
      place = { item_id, output_index }
  })
  return { items, ...defined({ place }) }
}
