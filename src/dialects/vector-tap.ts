import type { EventSink } from '../exchange/event.ts'
import type { StartEvent } from '../exchange/event-spine.ts'
import type { ContentOf } from '../exchange/operations/all.ts'
import type { Usage } from '../exchange/usage.ts'
import type { JsonObject } from '../kit/json.ts'
import type { ResponseDecoder, ResponseTap } from './dialect.ts'
import { skimVectors } from './skim-vectors.ts'

/** What a dialect says of its answers with vectors. */
export interface VectorTapRules {
  /** Where the list of vectors begins. */
  readonly list: RegExp
  /** The member behind it and all other lists; absent: there are no others. */
  readonly behind?: RegExp
  /** What is told around the list; undefined where all of the answer has to be read, such as an error. */
  around(rest: JsonObject): { readonly start: StartEvent; readonly usage?: Usage } | undefined
}

/** Vectors pass unread: numbers by the hundred thousand, of which nothing has to be known. */
export class VectorTap implements ResponseTap<'embed'> {
  readonly complete = false
  readonly #decoder: ResponseDecoder<'embed'>
  readonly #rules: VectorTapRules

  /** @param decoder reads an answer that could not be skimmed */
  constructor(decoder: ResponseDecoder<'embed'>, rules: VectorTapRules) {
    this.#decoder = decoder
    this.#rules = rules
  }

  get done(): boolean {
    return this.#decoder.done
  }

  frame(): 'hide' {
    return 'hide'
  }

  unary(body: JsonObject, sink: EventSink<ContentOf<'embed'>>): void {
    this.#decoder.unary(body, sink)
  }

  skim(bytes: Uint8Array, sink: EventSink<ContentOf<'embed'>>): boolean {
    const rest = skimVectors(bytes, this.#rules.list, this.#rules.behind)
    const told = rest === undefined ? undefined : this.#rules.around(rest)
    if (told === undefined) return false
    sink(told.start)
    sink({ type: 'passed', frames: 0, bytes: bytes.length })
    if (told.usage !== undefined) sink({ type: 'usage', usage: told.usage, isFinal: true })
    sink({ type: 'end' })
    return true
  }

  close(sink: EventSink<ContentOf<'embed'>>): void {
    this.#decoder.close(sink)
  }
}
