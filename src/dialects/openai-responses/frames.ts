import type { JsonObject } from '../../kit/json.ts'
import { sseEvent } from '../../kit/sse.ts'

/** Writes the events of one stream, which are numbered. */
export class Frames {
  #sequence = 0

  /** The number of the next event. */
  next(): number {
    return this.#sequence++
  }

  frame(type: string, members: JsonObject): string {
    const head = `{"type":"${type}","sequence_number":${this.next()},`
    return sseEvent(type, head + JSON.stringify(members).slice(1))
  }
}
