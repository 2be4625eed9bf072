import type { JsonObject } from '../../kit/json.ts'
import { sseEvent } from '../../kit/sse.ts'

/** What tells an exchange from all others, behind the letters for the kind of an id. */
export function bareId(requestId: string): string {
  return requestId.slice(requestId.indexOf('_') + 1)
}

/** The output of a response while it is written, and the events of its stream, which are numbered. */
export class Output {
  readonly #bareId: string
  #sequence = 0
  /** By their place. */
  readonly items: JsonObject[] = []

  constructor(requestId: string) {
    this.#bareId = bareId(requestId)
  }

  /** The number of the next event. */
  next(): number {
    return this.#sequence++
  }

  frame(type: string, members: JsonObject): string {
    const head = `{"type":"${type}","sequence_number":${this.next()},`
    return sseEvent(type, head + JSON.stringify(members).slice(1))
  }

  /** The id of an item, which never changes. */
  idOf(letters: string, place: number): string {
    return `${letters}_${this.#bareId}_${place}`
  }

  /** Adds an item behind all others. */
  add(item: JsonObject): string {
    const output_index = this.items.push(item) - 1
    return this.frame('response.output_item.added', { output_index, item })
  }

  /** Tells an item whole. */
  end(output_index: number, item: JsonObject): string {
    this.items[output_index] = item
    return this.frame('response.output_item.done', { output_index, item })
  }

  /** Adds an item that is whole already. */
  addWhole(item: JsonObject): string {
    return this.add(item) + this.end(this.items.length - 1, item)
  }
}

/** The beginning of the events in which a piece of text is said; the number of the event and the text follow. */
export function prefixOf(piece: string, place: JsonObject): string {
  const type = `${piece}.delta`
  return `event: ${type}\ndata: {"type":"${type}",${JSON.stringify(place).slice(1, -1)},"sequence_number":`
}
