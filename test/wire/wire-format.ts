import type { JsonObject } from '../../src/kit/json.ts'
import type { Mode } from '../modes.ts'

/*
 * A dialect as its bytes look, from both ends: what its clients write and read, what its providers read and write. The journeys speak
 * all dialects through these and know none of them; they are written apart from the house's codecs, which they are to find at fault.
 */

/** What a client asks. */
export interface Asked {
  readonly model: string
  readonly mode: Mode
  readonly text: string
  readonly maxTokens: number
}

/** Counts of a report of usage. A text `#…` is for whoever writes the bytes: it stands for a number that JSON text can say and a number cannot. */
export interface Counts {
  readonly input: number | string
  readonly output: number | string
}

/** What one frame of a stream tells its client, or a whole answer. */
export interface Said {
  readonly text?: string | undefined
  /** Why the answer ended, in the dialect's word. */
  readonly finish?: string | undefined
  readonly error?: JsonObject | undefined
  /** All input, cached or not, and all output, reasoning or not. */
  readonly input?: number | undefined
  readonly output?: number | undefined
  /** Is this the end, good or bad? */
  readonly isEnd?: boolean
}

/** The frames of an answer that is streamed. */
export interface StreamFrames {
  /** What stands before the first word. */
  readonly start: readonly string[]
  /** One for each word. */
  readonly words: readonly string[]
  /** Why it ended, and what it used. */
  readonly finish: readonly string[]
  /** The mark by which the dialect ends a stream of which all has been said; nothing where it has none. */
  readonly end: string
}

/** What a provider says instead of an answer. */
export interface Refusal {
  readonly status: number
  readonly message: string
  /** The word for it where the dialect has several for a status. */
  readonly type?: string
  readonly code?: string
}

/** What a provider was asked. */
export interface ProviderCall {
  readonly model: string
  readonly mode: Mode
}

/** One dialect. */
export interface WireFormat {
  /** Where a client asks. */
  path(asked: Pick<Asked, 'model' | 'mode'>): string
  /** What it writes there. */
  body(asked: Asked): JsonObject
  /** What a client reads in a whole answer or a refusal. */
  readWhole(body: JsonObject): Said
  /** What it reads in the data of a frame. */
  readFrame(frame: JsonObject): Said
  /** The data of the frame that ends a stream and is no JSON, where the dialect has one. */
  readonly lastWord?: string
  /** Its word for an answer that came to its end. */
  readonly stopped: string

  /** Path of a provider's address, before that of its operations. */
  readonly basePath: string
  /** Name of a known provider that speaks it: its defaults hold for what is called so. */
  readonly providerType: string
  /** Reads a request of the house; undefined for one in another dialect. */
  readCall(path: string, body: JsonObject): ProviderCall | undefined
  /** A whole answer; what it used stands first, so that a cut comes behind it. */
  whole(text: string, used?: Counts): JsonObject
  /** An answer of these words. */
  stream(words: readonly string[], used?: Counts): StreamFrames
  /** What was used so far; absent where the dialect tells it at the end alone. */
  readonly progress?: (used: Counts) => string
  /** A keep-alive. */
  readonly ping: string
  /** An error answer. Usage is left out where the dialect does not tell it with errors. */
  error(refusal: Refusal, used?: Counts): JsonObject
  /** An error inside a stream. */
  errorFrame(refusal: Refusal, used?: Counts): string
  /** Does it tell with an error what was used? */
  readonly errorsTellUsage: boolean
}

/** The frame of an event without a name. */
export function dataFrame(data: JsonObject): string {
  return `data: ${JSON.stringify(data)}\n\n`
}

/** The frame of an event that is named by its type. */
export function namedFrame(data: JsonObject & { readonly type: string }): string {
  return `event: ${data.type}\n${dataFrame(data)}`
}
