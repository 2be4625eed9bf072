import type { EventSink } from '../exchange/event.ts'
import type { Extra } from '../exchange/content.ts'
import type { Failure } from '../exchange/failure.ts'
import type { RequestSpine } from '../exchange/operations/operation-row.ts'
import type { JsonBody, WireBody } from '../exchange/wire-body.ts'
import { pickHeaders } from '../kit/header-rules.ts'
import type { JsonEdit } from '../kit/json-splice.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import type {
  ClientBody,
  DecodeContext,
  EncodeContext,
  NativeContext,
  RequestContext,
  TextRequest,
  WireRequest,
} from './dialect.ts'
import type { Endpoint } from './endpoint.ts'
import type { Failures } from './failures.ts'
import { obeyFieldNames } from './field-names.ts'
import type { Fields } from './fields.ts'
import { noteForeignFields } from './foreign-extra.ts'
import { jsonIn, jsonPassed } from './json-body.ts'
import { addressEdits, endPassing } from './passing.ts'
import { isErrorBody } from './read-provider-error.ts'
import { unknownMembers } from './unknown-members.ts'
import { createWholeDecoder, createWholeEncoder } from './whole-answer.ts'
import { OPTIONS_FIELD, withOptions } from './options-field.ts'

/*
 * The codec of an operation whose question is one object of fields and whose answer is another: vectors, rankings, verdicts. A
 * dialect says which fields there are, and how they are read and written.
 */

/** What all such codecs of a dialect have in common. */
export interface WholeDialect {
  readonly fields: Fields
  readonly failures: Failures
  readonly forwardHeaders: readonly string[]
}

/** What every question says. */
export interface Common {
  readonly model: string
  readonly stream: false
  /** The fields that are not understood. */
  readonly extra?: Extra
}

/** The fields of a question as a provider gets them; what is undefined is not said. Some servers stumble over a null. */
export type WireFields = Readonly<Record<string, Json | undefined>>

/** What the parts of a codec are told. */
export type Asking<Request> = Omit<NativeContext, 'request'> & { readonly request: Request }
export type Reading<Request> = Omit<DecodeContext, 'request'> & { readonly request: Request }
type Answering<Request> = Omit<EncodeContext, 'request'> & { readonly request: Request }

/** What a dialect says of one operation. */
export interface WholeWords<Request extends RequestSpine, Content, Result> {
  readonly endpoints: readonly Endpoint[]
  /** Below the provider's base URL. */
  readonly path: string
  /** The fields of a question that are understood, beside the model. */
  readonly known: readonly string[]
  /** Asked where the client names no model; absent: it has to. */
  readonly defaultModel?: string
  /** Reads a client's question. Throws `Failure('invalid-request', { param })`. */
  read(body: JsonObject, common: Common): Request
  /** Writes a question for a provider, without the model. Throws `Failure('unsupported-feature', { param })`. */
  write(request: Request, context: RequestContext): WireFields
  /** What has to be cut into the client's own bytes, or undefined where they have to be written anew; absent: nothing. */
  edits?(raw: JsonBody, context: Asking<Request>): readonly JsonEdit[] | undefined
  /** True where the answer to a question that was written anew may not be in the words in which the client asked. */
  readonly rewords?: boolean
  /** The members of which an answer has at least one, and an error none. */
  readonly answers: readonly string[]
  /** Pushes what an answer says; gives the failure that it turns out to be. */
  readAnswer(body: JsonObject, context: Reading<Request>, sink: EventSink<Content>): Failure | undefined
  writeAnswer(result: Result, context: Answering<Request>): JsonObject
}

/** The codec of what a dialect says of one operation. */
export class WholeCodec<Request extends RequestSpine, Content, Result> {
  readonly endpoints: readonly Endpoint[]
  readonly #dialect: WholeDialect
  readonly #words: WholeWords<Request, Content, Result>
  readonly #known: ReadonlySet<string>
  readonly #providerEndpoint: { readonly method: 'POST'; readonly path: string }

  constructor(dialect: WholeDialect, words: WholeWords<Request, Content, Result>) {
    this.endpoints = words.endpoints
    this.#dialect = dialect
    this.#words = words
    this.#known = new Set([OPTIONS_FIELD, 'model', ...words.known])
    this.#providerEndpoint = { method: 'POST', path: words.path }
  }

  providerEndpoint() {
    return this.#providerEndpoint
  }

  decodeRequest(clientBody: ClientBody) {
    const body = jsonIn(clientBody)
    return withOptions(this.#words.read(body, this.#readCommon(body)), body)
  }

  #readCommon(body: JsonObject): Common {
    const { fields } = this.#dialect
    const model = fields.text(body, 'model') ?? this.#words.defaultModel ?? fields.refuseAbsent('model')
    if (model === '') fields.refuse('model', 'must not be empty')
    const unknown = unknownMembers(body, this.#known)
    if (unknown === undefined) return { model, stream: false }
    return { model, stream: false, extra: { [fields.family]: unknown } }
  }

  encodeRequest(request: Request, context: RequestContext): TextRequest {
    const { fields } = this.#dialect
    noteForeignFields(request.extra, fields.family, context.notice)
    const own = request.extra?.[fields.family]
    const body = { ...own, model: context.model, ...this.#words.write(request, context) }
    return {
      body: JSON.stringify(obeyFieldNames(body, context)),
      headers: this.#headers(context),
      reworded: this.#words.rewords === true,
    }
  }

  passRequest(raw: WireBody, context: Asking<Request>): WireRequest {
    const json = jsonPassed(raw)
    const edits = this.#words.edits === undefined ? NO_EDITS : this.#words.edits(json, context)
    if (edits === undefined) return this.encodeRequest(context.request, context)
    return {
      body: endPassing({ raw: json, edits: [...addressEdits(json, context), ...edits] }),
      headers: this.#headers(context),
    }
  }

  #headers({ headers }: RequestContext) {
    return pickHeaders(headers, this.#dialect.forwardHeaders)
  }

  decodeResponse(context: Reading<Request>) {
    return createWholeDecoder<Content>((body, sink) =>
      isErrorBody(body, this.#words.answers)
        ? this.#dialect.failures.decodeInside(body)
        : this.#words.readAnswer(body, context, sink),
    )
  }

  encodeResponse(context: Answering<Request>) {
    return createWholeEncoder((result: Result) => this.#words.writeAnswer(result, context), context)
  }
}

const NO_EDITS: readonly JsonEdit[] = []
