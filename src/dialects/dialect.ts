import type { Json, JsonObject } from '../kit/json.ts'
import type { JsonEdit } from '../kit/json-splice.ts'
import type { SseFrame } from '../kit/sse.ts'
import type { Framing } from '../kit/framing.ts'
import type { Family } from '../exchange/content.ts'
import type { ConversationState } from '../exchange/conversation-state.ts'
import type { StoredTexts } from '../exchange/stored-texts.ts'
import type { EventSink, ResponseEvent } from '../exchange/event.ts'
import type { AttemptResult } from '../exchange/attempt-result.ts'
import type { Failure } from '../exchange/failure.ts'
import type { NoticeSink } from '../exchange/notice.ts'
import type { Operation, RequestOf, ResultOf, ContentOf } from '../exchange/operations/all.ts'
import type { Authentication, Capabilities, Quirks } from '../exchange/target.ts'
import type { BytesBody, JsonBody, NoBody, PartsBody, WireBody } from '../exchange/wire-body.ts'
import type { Endpoint } from './endpoint.ts'
import type { QuirkTable } from './quirks.ts'

/** The body of a client's request; JSON has been parsed. */
export type ClientBody = (JsonBody & { readonly json: JsonObject }) | Exclude<WireBody, JsonBody>

/** What a client's request says beside its body. */
export interface RequestHead {
  /** The one of the codec's endpoints at which it came. */
  readonly endpoint: Endpoint
  /** The parameters of the endpoint's path, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams | undefined
  readonly headers: Headers
}

/** What a client's request says of answers that are stored. */
export interface StateFields {
  /** Id of the stored answer from which it goes on. */
  readonly previousId?: string
  readonly store: ConversationState['store']
}

/** How the clients of a codec refer to answers that are stored. All texts are JSON. */
export interface StoredAnswers {
  /** The field of requests that stands for what is stored, by which providers say that they store it themselves (quirk `keeps`). */
  readonly field: string
  /** What a request says of it. Throws `Failure('invalid-request')`. */
  read(body: JsonObject, endpoint: Endpoint): StateFields
  /** What is asked, without what stood before it. */
  inputOf(body: JsonBody): string
  /** What has to be cut into a request so that it says itself all that was said before it, oldest first. */
  resume(body: JsonBody, before: readonly StoredTexts[]): readonly JsonEdit[]
  /** The answer in bytes that passed, of which it is the last that they say; undefined where it does not stand there. */
  answerIn(bytes: Uint8Array): JsonObject | undefined
  /** An answer that broke. */
  broken(answer: JsonObject, failure: Failure): JsonObject
}

/** A decoded client request: what was asked, and what was asked of the gateway itself. */
export interface DecodedRequest<O extends Operation = Operation> {
  readonly request: RequestOf<O>
  /** The body field `gatehouse` as it is, of whatever type; the client API reads it. */
  readonly requestOptions?: Json
}

/** Where a provider is asked. */
export interface ProviderEndpoint {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Path below the provider's base URL, and the query if there is one: `/chat/completions`. */
  readonly path: string
}

/** All that the endpoint of a request may depend on. */
export interface Asked {
  /** The provider's name of the model. */
  readonly model: string
  readonly stream: boolean
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
  /** Text and bytes are JSON; other forms say what they are. */
  readonly body: string | Uint8Array | PartsBody | BytesBody | NoBody
  /** Headers that the dialect itself needs or forwards, lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** True where the answer will not be in the words in which the client asked, although the dialect is the same: it cannot pass. */
  readonly reworded?: boolean
  /** Where it goes where that depends on what it is about; absent: to the codec's endpoint. */
  readonly endpoint?: ProviderEndpoint
}

/** A request that is JSON text, as those of nearly all operations are. */
export interface TextRequest extends WireRequest {
  readonly body: string
}

export interface NativeContext<O extends Operation = Operation> extends RequestContext {
  readonly request: RequestOf<O>
}

export interface DecodeContext<O extends Operation = Operation> {
  readonly request: RequestOf<O>
  readonly quirks: Quirks
}

/**
 * Turns what a provider sends into events. One table of handlers over one state object; a unary body feeds the same handlers.
 * Never throws on what a provider sends: nonsense becomes a `failure` event.
 */
export interface ResponseDecoder<O extends Operation = Operation> {
  /** Reads one frame of a stream and pushes what it says. */
  frame(frame: SseFrame, sink: EventSink<ContentOf<O>>): void
  /** Reads the body of a unary answer and pushes what it says, up to and including `end`. */
  unary(body: JsonObject, sink: EventSink<ContentOf<O>>): void
  /** Nothing more will come. Pushes the rest and `end` if the response was complete, else a `stream-truncated` failure. */
  close(sink: EventSink<ContentOf<O>>): void
  /** True once `end` or `failure` was pushed. */
  readonly done: boolean
  /** True once all that was asked for has said how it ended: what may still come is usage and the terminal marker. */
  readonly complete: boolean
  /** True where a whole answer may be a list, which then stands in an object under `data`. */
  readonly mayBeList?: boolean
  /**
   * True while the text of one frame can change what the next one means, as tags in the text do. While it is not, `frame` need not
   * be called for frames that differ from the last one in nothing but their text: they mean the same with another text.
   */
  readonly needsEveryFrame?: boolean
}

/**
 * Reads along in the native lane: the same decoder, given only the frames that matter to it.
 */
export interface ResponseTap<O extends Operation = Operation> {
  /**
   * Looks at one frame, pushes what must be known (first content, usage, finish, end, failure; the rest as `passed`)
   * and says whether the client gets to see it.
   */
  frame(frame: SseFrame, sink: EventSink<ContentOf<O>>): 'show' | 'hide'
  /** Like `ResponseDecoder.unary`. */
  unary(body: JsonObject, sink: EventSink<ContentOf<O>>): void
  /**
   * Reads what must be known of a whole answer from its bytes, where that costs less than parsing all of them. False where they are
   * not as expected: nothing was pushed, and `unary` is asked.
   */
  skim?(bytes: Uint8Array, sink: EventSink<ContentOf<O>>): boolean
  close(sink: EventSink<ContentOf<O>>): void
  readonly done: boolean
  readonly complete: boolean
}

/** What an answer says of itself. */
export interface AnswerState {
  /** Id of the stored answer from which its request went on. */
  readonly previousId: string | undefined
  /** True where it is stored under its id. */
  readonly isStored: boolean
}

export interface EncodeContext<O extends Operation = Operation> {
  readonly request: RequestOf<O>
  /** The exchange's id; response ids are derived from it. */
  readonly requestId: string
  /** The id of the response where bytes that passed have told the client another one. */
  readonly shownId?: string
  /** The model name to show. */
  readonly model: string
  readonly createdMs: number
  /** Local estimate, for dialects that must name input tokens before the provider has told them. */
  readonly estimatedInputTokens: number
  /** Absent where nothing that is stored concerns the request. */
  readonly state?: AnswerState
  /** Takes a notice for everything in the answer that the client does not get as the provider said it. */
  readonly notice: NoticeSink
}

/** Writes events in the client's dialect. Owns block indexes and item ids. */
export interface ResponseEncoder<O extends Operation = Operation> {
  /** Wire text for one event of a stream, often empty. A `failure` becomes the dialect's error event, never a success terminator. */
  event(event: ResponseEvent<ContentOf<O>>): string
  /** The terminal marker alone, for a stream of which the provider's own bytes have said all the rest. */
  lastWord(): string
  /**
   * Goes on behind the provider's own bytes (the last whole frames of them), where the dialect numbers its events, or knows what is
   * being said by an id. What they said has been told as events before where more than a failure is to follow.
   */
  follow?(wire: Uint8Array): void
  /** A remark for whoever reads the wire, which no client takes for a part of the answer. Absent where there is no room for one. */
  remark?(text: string): string
  /** A keep-alive that every client of the dialect ignores. */
  heartbeat(): string
  /** The body of a unary answer. */
  unary(result: ResultOf<O>): JsonObject
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

/**
 * One operation in one wire language, spoken both ways. Clients use decodeRequest + encodeResponse, providers encodeRequest +
 * decodeResponse, the simulated provider the first pair with a script behind it. Pure: no I/O, no clock, no randomness.
 */
export interface Codec<O extends Operation = Operation> {
  /** Where clients ask. Several may lead to one operation. */
  readonly endpoints: readonly Endpoint[]
  /** Where a provider is asked. Some wires say model and streaming in the path. Asked once per target, and remembered. */
  providerEndpoint(asked: Asked): ProviderEndpoint

  /** True where its endpoints say everything in path and query. */
  readonly takesNoBody?: true
  /** Absent where clients send the whole conversation with every request. */
  readonly stored?: StoredAnswers

  /** Checks and reads a client's request. Throws `Failure('invalid-request', { param })`. */
  decodeRequest(body: ClientBody, head: RequestHead): DecodedRequest<O>
  /** Writes a request for a provider. Throws `Failure('unsupported-feature', { param })` for what cannot be carried and must not be dropped. */
  encodeRequest(request: RequestOf<O>, context: RequestContext): WireRequest
  /** The request with marks on what the provider may keep of its prompt; the same where it has marks. Absent: its providers keep what they keep by themselves. */
  markPrompt?(request: RequestOf<O>): RequestOf<O>
  /** Same-dialect request: the client's bytes with the model spliced and what metering needs switched on. Absent: requests are always written. */
  passRequest?(raw: WireBody, context: NativeContext<O>): WireRequest

  decodeResponse(context: DecodeContext<O>): ResponseDecoder<O>
  /** Absent: the decoder reads along. */
  tapResponse?(context: DecodeContext<O>): ResponseTap<O>
  encodeResponse(context: EncodeContext<O>): ResponseEncoder<O>
  /** What a stream announces itself as to a client that wants another shape than the dialect's framing has. Absent: there is none. */
  streamType?(request: RequestOf<O>): string | undefined
}

/** A wire language: what its operations have in common, and a codec for each. An operation that it cannot say is absent. */
export interface Dialect {
  /** For example `openai-chat`. */
  readonly name: string
  readonly family: Family
  /** How its providers may deviate from it. */
  readonly quirks: QuirkTable
  readonly codecs: { readonly [O in Operation]?: Codec<O> }
  /** How its streams are cut into frames. */
  readonly framing: Framing
  /** How providers of this dialect want the credential, unless their row says otherwise. */
  readonly authentication: Authentication
  /** The query parameter in which clients may send their key; absent where they never do. */
  readonly keyParameter?: string
  /** Client headers that travel to providers of the same dialect, lower case; a trailing `*` matches a prefix. */
  readonly forwardHeaders: readonly string[]

  /** Headers that a provider wants with whatever it is asked, a list of its models included. Absent: none. */
  readonly usualHeaders?: Readonly<Record<string, string>>

  /** Reads a provider's error response into a failure with code, wait and safe message. */
  decodeFailure(response: ErrorResponse): Failure
  /** Writes any failure for the client. An upstream error of the same family keeps its body and status unless it is about our own credential. */
  encodeFailure(failure: Failure, context: FailureContext): WireFailure
}
