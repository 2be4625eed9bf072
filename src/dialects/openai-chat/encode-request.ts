import type { ChatRequest } from '../../exchange/chat.ts'
import { pickHeaders } from '../../kit/header-rules.ts'
import { refuseBound } from '../bound-content.ts'
import type { RequestContext, TextRequest } from '../dialect.ts'
import type { Body } from '../fates.ts'
import { obeyFieldNames } from '../field-names.ts'
import { noteForeignExtra } from '../foreign-extra.ts'
import { refusePrefill } from '../prefill.ts'
import { towards } from '../towards.ts'
import { writeTools } from './encode-tools.ts'
import { PARAMETERS } from './parameters.ts'
import { FAMILY, FORWARD_HEADERS, TOOL_RULES } from './vocabulary.ts'
import { writeTurns } from './turns.ts'

/**
 * Writes a chat request for a provider, as its quirks and capabilities demand, with a notice for every lossy step.
 * Deterministic: the same request gives the same text, and a conversation with one more turn begins like the one before.
 * Throws `Failure('unsupported-feature', { param })` for what cannot be carried and must not be dropped.
 */
export function encodeRequest(request: ChatRequest, context: RequestContext): TextRequest {
  refuseBound(request, FAMILY, context.quirks)
  refusePrefill(request, context.capabilities)
  noteForeignExtra(request, FAMILY, context.notice)
  const to = towards(request, context, TOOL_RULES)
  const body: Body = { ...request.extra?.[FAMILY], model: context.model, messages: writeTurns(to) }
  writeTools(to, body)
  PARAMETERS.write(request, to, body)
  return {
    body: JSON.stringify(obeyFieldNames(body, context)),
    headers: pickHeaders(context.headers, FORWARD_HEADERS),
  }
}
