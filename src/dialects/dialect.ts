import type { Json, JsonObject } from '../kit/json.ts'
import type { JsonScan } from '../kit/json-scan.ts'
import type { SseFrame } from '../kit/sse.ts'
import type { Message } from '../exchange/collect.ts'
import type { Family } from '../exchange/content.ts'
import type { EventSink, ResponseEvent } from '../exchange/event.ts'
import type { AttemptResult } from '../exchange/attempt-result.ts'
import type { Failure } from '../exchange/failure.ts'
import type { NoticeSink } from '../exchange/notice.ts'
import type { ModelRequest, Operation } from '../exchange/operation.ts'
import type { Capabilities, Quirks } from '../exchange/target.ts'

/** A door of a dialect: where clients reach an operation, and where providers are asked for it. */
export interface Endpoint {
  readonly method: 'POST'
  /** Path at the gateway, for example `/v1/chat/completions`. */
  readonly path: string
  /** Path below a provider's base URL, for example `/chat/completions`. */
  readonly providerPath: string
  readonly operation: Operation
}

/** What an encoder of requests needs to know about the target. */
export interface RequestContext {
  /** The provider's name of the model. */
  readonly model: string
  readonly capabilities: Capabilities
  readonly quirks: Quirks
  /** Takes a notice for every lossy step. */
  readonly notice: NoticeSink
  /** The client's forwardable headers, lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** A request ready to be sent; URL, credentials and framing headers are the sender's business. */
export interface WireRequest {
  /** JSON text. */
  readonly body: string
  /** Headers that the dialect itself needs or forwards, lower case. */
  readonly headers: Readonly<Record<string, string>>
}

export interface NativeContext extends RequestContext {
  readonly request: ModelRequest
  /** Where the members of the client's body stand. */
  readonly scan: JsonScan
}

/** The request of the native lane: the client's bytes with as few splices as possible. */
export interface NativeRequest {
  readonly body: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

export interface DecodeContext {
  readonly request: ModelRequest
  readonly quirks: Quirks
}

/**
 * Turns what a provider sends into events. One table of handlers over one state object; a unary body feeds the same handlers.
 * Never throws on what a provider sends: nonsense becomes a `failure` event. A frame that means one piece of text or
 * reasoning and nothing else may be followed by frames that differ only in that text and are never shown to the decoder,
 * unless it is attentive.
 */
export interface ResponseDecoder {
  /** Reads one frame of a stream and pushes what it says. */
  frame(frame: SseFrame, sink: EventSink): void
  /** Reads the body of a unary answer and pushes what it says, up to and including `end`. */
  unary(body: JsonObject, sink: EventSink): void
  /** Nothing more will come. Pushes the rest and `end` if the response was complete, else a `stream-truncated` failure. */
  close(sink: EventSink): void
  /** True once `end` or `failure` was pushed. */
  readonly done: boolean
  /** True once all that was asked for has said how it ended: what may still come is usage and the terminal marker. */
  readonly complete: boolean
  /** True while the text of a frame may change what the next one means. */
  readonly attentive?: boolean
}

/**
 * Reads along in the native lane: the same decoder, given only the frames that matter to it.
 */
export interface ResponseTap {
  /**
   * Looks at one frame, pushes what must be known (first content, usage, finish, end, failure; the rest as `passed`)
   * and says whether the client gets to see it.
   */
  frame(frame: SseFrame, sink: EventSink): 'show' | 'hide'
  /** Like `ResponseDecoder.unary`. */
  unary(body: JsonObject, sink: EventSink): void
  close(sink: EventSink): void
  readonly done: boolean
  readonly complete: boolean
}

export interface EncodeContext {
  readonly request: ModelRequest
  /** The exchange's id; response ids are derived from it. */
  readonly requestId: string
  /** The model name to show. */
  readonly model: string
  readonly createdMs: number
  /** Local estimate, for dialects that must name input tokens before the provider has told them. */
  readonly estimatedInputTokens: number
  /** Takes a notice for everything in the answer that the client does not get as the provider said it. */
  readonly notice: NoticeSink
}

/** Writes events in the client's dialect. Owns block indexes and item ids. */
export interface ResponseEncoder {
  /** Wire text for one event of a stream, often empty. A `failure` becomes the dialect's error event, never a success terminator. */
  event(event: ResponseEvent): string
  /** The terminal marker alone, for a stream of which the provider's own bytes have said all the rest. */
  lastWord(): string
  /** A keep-alive that every client of the dialect ignores. */
  heartbeat(): string
  /** The body of a unary answer. */
  unary(message: Message): JsonObject
}

export interface FailureContext {
  readonly requestId: string
  readonly attempts: readonly AttemptResult[]
}

export interface WireFailure {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
}

/** What came back instead of an answer. */
export interface ErrorResponse {
  readonly status: number
  readonly headers: Headers
  /** At most `LIMITS.errorBodyBytes`. */
  readonly body: Uint8Array
  /** Wall time, for `Retry-After` in date form. */
  readonly nowMs: number
}

/** A decoded client request: what was asked, and what was asked of the gateway itself. */
export interface DecodedRequest {
  readonly request: ModelRequest
  /** The body field `gatehouse` as it is, of whatever type; the door reads it. */
  readonly wishes?: Json
}

/**
 * A wire language, spoken both ways. Clients use decodeRequest + encodeResponse, providers encodeRequest + decodeResponse,
 * the simulated provider the first pair with a script behind it. Pure: no I/O, no clock, no randomness.
 */
export interface Dialect {
  /** For example `openai-chat`. */
  readonly name: string
  readonly family: Family
  readonly endpoints: readonly Endpoint[]
  /** Client headers that travel to providers of the same dialect, lower case; a trailing `*` matches a prefix. */
  readonly forwardHeaders: readonly string[]
  /** How providers of this dialect want the credential, unless their row says otherwise. */
  readonly auth: { readonly header: string; readonly prefix: string }

  /** Checks and reads a client's body. Throws `Failure('invalid-request', { param })`. */
  decodeRequest(body: JsonObject, operation: Operation): DecodedRequest
  /** Writes a request for a provider. Throws `Failure('unsupported-feature', { param })` for what cannot be carried and must not be dropped. */
  encodeRequest(request: ModelRequest, context: RequestContext): WireRequest
  /** Same-dialect request: the client's bytes with the model spliced and what metering needs switched on. */
  passRequest(body: Uint8Array, context: NativeContext): NativeRequest

  decodeResponse(context: DecodeContext): ResponseDecoder
  tapResponse(context: DecodeContext): ResponseTap
  encodeResponse(context: EncodeContext): ResponseEncoder

  /** Reads a provider's error response into a failure with code, wait and safe message. */
  decodeFailure(response: ErrorResponse): Failure
  /** Writes any failure for the client. An upstream error of the same family keeps its body and status unless it is about our own credential. */
  encodeFailure(failure: Failure, context: FailureContext): WireFailure
}
