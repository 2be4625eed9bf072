import type { ChatRequest } from '../../exchange/chat.ts'
import type { CountTokensRequest } from '../../exchange/operations/count-tokens.ts'
import { pickHeaders } from '../../kit/header-rules.ts'
import type { JsonObject } from '../../kit/json.ts'
import { writeObject } from '../../kit/json-text.ts'
import { refuseBound } from '../bound-content.ts'
import type { RequestContext, TextRequest } from '../dialect.ts'
import { noteForeignExtra } from '../foreign-extra.ts'
import { obeyFieldNames } from '../field-names.ts'
import { refusePrefill } from '../prefill.ts'
import { towards } from '../towards.ts'
import type { Body } from '../fates.ts'
import { writeTools } from './encode-tools.ts'
import { PARAMETERS } from './parameters.ts'
import { planReasoning } from './plan-reasoning.ts'
import { DEFAULT_VERSION, FAMILY, FORWARD_HEADERS, TOOL_RULES } from './vocabulary.ts'
import type { ToMessages } from './to-messages.ts'
import { writeTurns } from './turns.ts'

/**
 * Writes a canonical request for a provider of Messages. The same request always gives the same text.
 * Throws `Failure('unsupported-feature')` for what cannot be carried and must not be dropped, and
 * `Failure('invalid-request')` for tool arguments that are not a JSON object.
 */
export function encodeRequest(chat: ChatRequest, context: RequestContext): TextRequest {
  refusePrefill(chat, context.capabilities)
  return writeRequest(chat, context, 'write')
}

/** As `encodeRequest`, for counting, which asks for no answer and takes nothing that is about one. */
export function encodeCountRequest({ chat }: CountTokensRequest, context: RequestContext): TextRequest {
  return writeRequest(chat, context, 'writeCounted')
}

function writeRequest(
  chat: ChatRequest,
  context: RequestContext,
  write: 'write' | 'writeCounted',
): TextRequest {
  refuseBound(chat, FAMILY, context.quirks)
  noteForeignExtra(chat, FAMILY, context.notice)
  const to: ToMessages = {
    ...towards(chat, context, TOOL_RULES),
    plan: planReasoning(chat, context),
    sentences: [],
  }
  // What was said beside the choice of tools goes with it.
  const { tool_choice: _beside, ...own } = chat.extra?.[FAMILY] ?? NOTHING
  const parameters: Body = own
  PARAMETERS[write](chat, to, parameters)
  // Tools, system, messages: the order in which providers hash a prompt for their caches.
  const body = { model: context.model, ...writeTools(to), ...writeTurns(to), ...parameters }
  return {
    body: writeObject(obeyFieldNames(body, context)),
    headers: protocolHeaders(context.headers),
  }
}

const NOTHING: JsonObject = {}

/** The headers of the dialect, from a client that spoke it too, else the version that every model accepts. */
export function protocolHeaders(
  clientHeaders: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return { 'anthropic-version': DEFAULT_VERSION, ...pickHeaders(clientHeaders, FORWARD_HEADERS) }
}
