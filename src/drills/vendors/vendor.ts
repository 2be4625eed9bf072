import type { Json, JsonObject } from '../../kit/json.ts'
import type { ChatRequest } from '../../exchange/chat.ts'
import type { Operation } from '../../exchange/operations/all.ts'
import type { BrokenSignature } from '../signer.ts'
import type { VendorError } from '../vendor-error.ts'

/** Refuses what a company would refuse. Throws `VendorError`. */
export type Check = (request: { readonly body: JsonObject; readonly headers: Headers }) => void

export interface AnswerFacts {
  readonly requestId: string
  /** Requests received so far, this one included. */
  readonly ordinal: number
  readonly nowMs: number
}

/** Sizes in tokens. */
export interface ContextSizes {
  readonly inputTokens: number
  /** The maximum of output that the request set. */
  readonly outputTokens: number
  readonly limitTokens: number
}

/**
 * Everything about a simulated company that is not its dialect: what it refuses and in which words, its error envelope, its headers
 * and ids. Written apart from the dialects on purpose, so that their reading of errors is proven against something else.
 */
export interface Vendor {
  /** Name of the dialect that it speaks. */
  readonly dialect: string
  /** The wire's slot for a signature on reasoning; absent where there is none. */
  readonly signatureScheme?: string
  /** True where the first call of an answer bears a signature too. */
  readonly signsCalls?: true
  /** Set where rankings are charged by the search and not by tokens. */
  readonly charges?: 'searches'
  /** Fields that its answers carry beside what was said, by wire name. */
  readonly answerFields?: (chat: ChatRequest) => JsonObject
  /** A keep-alive between events. */
  readonly ping: string
  /** What the company refuses, by operation; absent where it takes everything that its dialect can read. */
  readonly checks: { readonly [O in Operation]?: Check }
  /** Headers of every answer. */
  headers(facts: AnswerFacts): Readonly<Record<string, string>>
  errorBody(error: VendorError, requestId: string): JsonObject
  /** The wire text of an error inside a stream. */
  errorEvent(error: VendorError, requestId: string): string
  /** Wrong or absent credential. */
  unauthorised(presented: boolean): VendorError
  modelMissing(model: string): VendorError
  /** The conversation, or the conversation with the wanted output, is longer than the model's context window. */
  contextOverflow(sizes: ContextSizes): VendorError
  /** The account behind the credential has no money left. */
  quotaSpent(): VendorError
  brokenSignature(broken: BrokenSignature): VendorError
  /** What the company says with a status. */
  statusError(status: number, retryAfterSeconds?: number): VendorError
  /** What it says when it fails in the middle of an answer. */
  breakdown(): VendorError
  /** An id of a request or of a tool call, from 16 bytes in hex. */
  requestId(hex: string): string
  callId(hex: string): string
  /** One entry of log probabilities for a piece of text; absent where the wire has none. */
  logprob?(piece: string, value?: number): Json
}
