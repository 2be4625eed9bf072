import type { ChatRequest } from '../exchange/chat.ts'
import type { Family } from '../exchange/content.ts'
import type { CountTokensRequest } from '../exchange/operations/count-tokens.ts'
import type { Quirks } from '../exchange/target.ts'
import type { JsonBody, WireBody } from '../exchange/wire-body.ts'
import { defined } from '../kit/defined.ts'
import { pickHeaders } from '../kit/header-rules.ts'
import { readObject, type JsonObject } from '../kit/json.ts'
import { writeObject } from '../kit/json-text.ts'
import { refuseBound } from './bound-content.ts'
import { holdsForeign } from './carried-signature.ts'
import type { NativeContext, ProviderEndpoint, RequestContext, TextRequest, WireRequest } from './dialect.ts'
import { obeyFieldNames } from './field-names.ts'
import { fitsToolRules } from './fits-tool-rules.ts'
import { noteForeignExtra } from './foreign-extra.ts'
import { jsonPassed } from './json-body.ts'
import { addressEdits, endPassing, optionEdits, type Passing } from './passing.ts'
import { refusePrefill } from './prefill.ts'
import { isEmpty } from './unknown-members.ts'

/** What a dialect says of the requests that its providers get for chats. */
interface RequestRules {
  readonly family: Family
  /** Client headers that travel, lower case; a trailing `*` matches a prefix. */
  readonly forwardHeaders: readonly string[]
  /** Writes the body, under the names of the reference; `writeCounted` where its tokens are only counted. */
  readonly write: (chat: ChatRequest, context: RequestContext, how: 'write' | 'writeCounted') => JsonObject
  /** True where the model stands in the path, and not in the body. */
  readonly modelInPath?: true
  /** The object of the body that holds the fields which providers may know by other names; absent: the body. */
  readonly within?: string
  /** What asks for a count of a body; absent: the body. */
  readonly counted?: (body: JsonObject, context: RequestContext) => JsonObject
  /** What is never passed on as it came. */
  readonly isWritten?: (chat: ChatRequest, context: NativeContext, raw: JsonBody) => boolean
  /** Says what is to be cut into a client's own bytes, beside the model and what was said to the gateway; absent: nothing. */
  readonly edit?: (passing: Passing) => void
  /** Where it goes where that depends on what it is about; undefined for the usual place. */
  readonly endpoint?: (chat: ChatRequest, quirks: Quirks) => ProviderEndpoint | undefined
}

/** The requests of a dialect whose chats are JSON objects, in both lanes. */
export class ChatRequests {
  readonly #rules: RequestRules

  constructor(rules: RequestRules) {
    this.#rules = rules
  }

  /**
   * Writes a request for a provider, as its quirks and capabilities demand, with a notice for every lossy step.
   * Deterministic: the same request gives the same text, and a conversation with one more turn begins like the one before.
   * Throws `Failure('unsupported-feature', { param })` for what cannot be carried and must not be dropped.
   */
  encode(chat: ChatRequest, context: RequestContext): TextRequest {
    refusePrefill(chat, context.capabilities)
    return { body: writeObject(this.#write(chat, context, 'write')), ...this.#beside(chat, context) }
  }

  /** As `encode`, for counting, which asks for no answer and takes nothing that is about one. */
  encodeCount({ chat }: CountTokensRequest, context: RequestContext): TextRequest {
    const body = this.#write(chat, context, 'writeCounted')
    const said = this.#rules.counted?.(body, context) ?? body
    return { body: writeObject(said), ...this.#beside(chat, context) }
  }

  /**
   * The request of the native lane: the client's own bytes, with the model's name at the provider, without what was said to the
   * gateway, and without what is known to be refused. The same bytes when none of that changes anything. A conversation that carries
   * signatures of another family, or names that the provider refuses, is written anew.
   * Throws `Failure('unsupported-feature')` for what stands for content that the provider does not keep, and for what the model is
   * known not to do.
   */
  pass(raw: WireBody, context: NativeContext<'chat'>): WireRequest {
    const { request } = context
    refusePrefill(request, context.capabilities)
    const passing = this.#begin(raw, request, context)
    if (passing === undefined) return this.encode(request, context)
    this.#rules.edit?.(passing)
    return this.#end(passing, context)
  }

  /** As `pass`, for counting. */
  passCount(raw: WireBody, context: NativeContext<'count-tokens'>): WireRequest {
    const passing = this.#begin(raw, context.request.chat, context)
    return passing === undefined ? this.encodeCount(context.request, context) : this.#end(passing, context)
  }

  #write(chat: ChatRequest, context: RequestContext, how: 'write' | 'writeCounted'): JsonObject {
    const { family, within, write } = this.#rules
    refuseBound(chat, family, context.quirks)
    noteForeignExtra(chat, family, context.notice)
    const body = write(chat, context, how)
    if (within === undefined) return obeyFieldNames(body, context)
    const held = obeyFieldNames(readObject(body, within) ?? {}, context)
    return { ...body, [within]: isEmpty(held) ? undefined : held }
  }

  /** Undefined for a conversation that has to be written anew. */
  #begin(raw: WireBody, chat: ChatRequest, context: NativeContext): Passing | undefined {
    const { family, isWritten, modelInPath } = this.#rules
    refuseBound(chat, family, context.quirks)
    const json = jsonPassed(raw)
    if (isWritten?.(chat, context, json) === true) return undefined
    if (holdsForeign(chat, family) || !fitsToolRules(chat, context.quirks)) return undefined
    const edits = modelInPath === true ? optionEdits(json) : addressEdits(json, context)
    return { raw: json, context, chat, edits }
  }

  #end(passing: Passing, context: RequestContext): WireRequest {
    return { body: endPassing(passing), ...this.#beside(passing.chat, context) }
  }

  #beside(chat: ChatRequest, { headers, quirks }: RequestContext): Omit<WireRequest, 'body'> {
    const { forwardHeaders, endpoint } = this.#rules
    return {
      headers: pickHeaders(headers, forwardHeaders),
      ...defined({ endpoint: endpoint?.(chat, quirks) }),
    }
  }
}
