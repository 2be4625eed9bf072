import type { EventSink } from '../exchange/event.ts'
import type { StartEvent } from '../exchange/event-spine.ts'
import type { Failure } from '../exchange/failure.ts'
import type { RequestSpine } from '../exchange/operations/operation-row.ts'
import type { Usage } from '../exchange/usage.ts'
import type { JsonBody, WireBody } from '../exchange/wire-body.ts'
import { defined } from '../kit/defined.ts'
import { pickHeaders } from '../kit/header-rules.ts'
import type { JsonEdit } from '../kit/json-splice.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import type { Mutable } from '../kit/mutable.ts'
import type {
  ClientBody,
  DecodeContext,
  EncodeContext,
  ProviderEndpoint,
  RequestContext,
  RequestHead,
  TextRequest,
  WireRequest,
} from './dialect.ts'
import type { Endpoint } from './endpoint.ts'
import type { Failures } from './failures.ts'
import type { Body } from './fates.ts'
import { obeyFieldNames } from './field-names.ts'
import type { Fields } from './fields.ts'
import { noteForeignFields } from './foreign-extra.ts'
import { jsonIn, jsonPassed } from './json-body.ts'
import { Members, type Asking, type MemberFates } from './member-fates.ts'
import { OPTIONS_FIELD, withOptions } from './options-field.ts'
import { addressEdits, endPassing } from './passing.ts'
import { isErrorBody } from './read-provider-error.ts'
import { createWholeDecoder, createWholeEncoder, startOf } from './whole-answer.ts'

/*
 * The codec of an operation whose question is one object of fields and whose answer is another: vectors, rankings, verdicts. A
 * dialect says what becomes of each member of the question, and how an answer is read and written.
 */

/** What all such codecs of a dialect have in common. */
export interface WholeDialect {
  readonly fields: Fields
  readonly failures: Failures
  readonly forwardHeaders: readonly string[]
}

/** The fields of a question as a provider gets them; what is undefined is not said. Some servers stumble over a null. */
export type WireFields = Readonly<Record<string, Json | undefined>>

/** What the reader and the writer of an answer are told. */
export type Reading<Request> = Omit<DecodeContext, 'request'> & { readonly request: Request }
type Answering<Request> = Omit<EncodeContext, 'request'> & { readonly request: Request }

/** How a body is no plain object of fields, on a wire where it is none. */
interface BodyForm {
  /** The fields that a client's body says. */
  open(body: JsonObject, head: RequestHead): JsonObject
  /** The body for a provider that says these fields. */
  close(fields: WireFields, context: RequestContext): JsonObject
  /** The word for the shape in which answers at an endpoint are wanted, where it is not the usual one. */
  answerShape(endpoint: Endpoint): string | undefined
}

/** What a dialect says of one operation. */
export interface WholeWords<Request extends RequestSpine, Content, Result> {
  readonly operation: Request['operation']
  readonly endpoints: readonly Endpoint[]
  /** Below the provider's base URL; made of the model where that stands there, and not in the body. */
  readonly path: string | ((model: string) => string)
  /** Asked where the client names no model; absent: it has to. */
  readonly defaultModel?: string
  readonly fates: MemberFates<Request>
  /** Fields that providers are told where the client says nothing of them. */
  readonly unasked?: WireFields
  /** Absent: a body is its fields. */
  readonly form?: BodyForm
  /** What has to be cut into the client's own bytes, or undefined where they have to be written anew; absent: nothing. */
  edits?(raw: JsonBody, context: Asking<Request>): readonly JsonEdit[] | undefined
  /** True where the answer to a question that was written anew may not be in the words in which the client asked. */
  readonly rewords?: boolean
  /** The members of which an answer has at least one, and an error none. */
  readonly answers: readonly string[]
  /** Who answers, and under which id; absent: as nearly all say it. */
  start?(body: JsonObject): StartEvent
  /** What an answer says was used; undefined where it says nothing. */
  usageIn(body: JsonObject, context: Pick<DecodeContext, 'quirks'>): Usage | undefined
  /** Pushes what an answer says of the inputs; gives the failure that it turns out to be. */
  readAnswer(body: JsonObject, context: Reading<Request>, sink: EventSink<Content>): Failure | undefined
  writeAnswer(result: Result, context: Answering<Request>): JsonObject
}

/** The codec of what a dialect says of one operation. */
export class WholeCodec<Request extends RequestSpine, Content, Result> {
  readonly endpoints: readonly Endpoint[]
  /** What becomes of each member of a question. */
  readonly fates: MemberFates<Request>
  readonly #dialect: WholeDialect
  readonly #words: WholeWords<Request, Content, Result>
  readonly #members: Members<Request>

  constructor(dialect: WholeDialect, words: WholeWords<Request, Content, Result>) {
    this.endpoints = words.endpoints
    this.fates = words.fates
    this.#dialect = dialect
    this.#words = words
    this.#members = new Members(words.fates, [OPTIONS_FIELD, 'model'])
  }

  providerEndpoint({ model }: { readonly model: string }): ProviderEndpoint {
    const { path } = this.#words
    return { method: 'POST', path: typeof path === 'string' ? path : path(model) }
  }

  decodeRequest(clientBody: ClientBody, head: RequestHead) {
    const { operation, form } = this.#words
    const { family } = this.#dialect.fields
    const written = jsonIn(clientBody)
    const body = form?.open(written, head) ?? written
    const said: object = defined({ answerShape: form?.answerShape(head.endpoint) })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all other members are read by the table, which has one entry for each
    const request = {
      operation,
      model: this.#modelIn(body, head),
      stream: false,
      ...said,
    } as Mutable<Request>
    const unknown = this.#members.read(request, body)
    if (unknown !== undefined) request.extra = { [family]: unknown }
    return withOptions<Request>(request, written)
  }

  #modelIn(body: JsonObject, { params }: RequestHead): string {
    const { fields } = this.#dialect
    const model = params['model'] ?? fields.text(body, 'model') ?? this.#words.defaultModel
    if (model === '') fields.refuse('model', 'must not be empty')
    return model ?? fields.refuseAbsent('model')
  }

  encodeRequest(request: Request, context: RequestContext): TextRequest {
    const { form, path, rewords, unasked } = this.#words
    const { family } = this.#dialect.fields
    noteForeignFields(request, family, context.notice)
    const body: Body = { ...unasked, ...request.extra?.[family] }
    if (typeof path === 'string') body['model'] = context.model
    const { model, capabilities, quirks, notice, headers } = context
    this.#members.write({ request, model, capabilities, quirks, notice, headers }, body)
    const told = obeyFieldNames(body, context)
    return {
      body: JSON.stringify(form === undefined ? told : form.close(told, context)),
      headers: this.#headers(context),
      reworded: rewords === true,
    }
  }

  passRequest(raw: WireBody, context: Asking<Request>): WireRequest {
    const json = jsonPassed(raw)
    const edits = this.#words.edits === undefined ? NO_EDITS : this.#words.edits(json, context)
    if (edits === undefined) return this.encodeRequest(context.request, context)
    return {
      body: endPassing({
        raw: json,
        edits: [...addressEdits(json, context), ...edits, ...this.#unasked(json)],
      }),
      headers: this.#headers(context),
    }
  }

  #unasked({ scan }: JsonBody): readonly JsonEdit[] {
    const { unasked = {} } = this.#words
    const unsaid = Object.entries(unasked).filter(([key]) => scan.find(key) === undefined)
    return unsaid.map(([key, value]) => ({ key, value: JSON.stringify(value) }))
  }

  #headers({ headers }: RequestContext) {
    return pickHeaders(headers, this.#dialect.forwardHeaders)
  }

  decodeResponse(context: Reading<Request>) {
    const { answers } = this.#words
    return createWholeDecoder<Content>((body, sink) => {
      if (isErrorBody(body, answers)) return this.#dialect.failures.decodeInside(body)
      const { start, usage } = this.around(body, context)
      sink(start)
      const failure = this.#words.readAnswer(body, context, sink)
      if (usage !== undefined) sink({ type: 'usage', usage, isFinal: true })
      return failure
    })
  }

  /** What an answer says beside what it says of the inputs. */
  protected around(body: JsonObject, context: Pick<DecodeContext, 'quirks'>): Around {
    const { start = startOf, usageIn } = this.#words
    return { start: start(body), ...defined({ usage: usageIn(body, context) }) }
  }

  encodeResponse(context: Answering<Request>) {
    return createWholeEncoder((result: Result) => this.#words.writeAnswer(result, context), context)
  }
}

interface Around {
  readonly start: StartEvent
  readonly usage?: Usage
}

const NO_EDITS: readonly JsonEdit[] = []
