import type { ChatRequest } from '../../exchange/chat.ts'
import { pickHeaders } from '../../kit/header-rules.ts'
import { refuseBound } from '../bound-content.ts'
import type { RequestContext, WireRequest } from '../dialect.ts'
import type { Body } from '../fates.ts'
import { obeyFieldNames } from '../field-names.ts'
import { noteForeignExtra } from '../foreign-extra.ts'
import { refusePrefill } from '../prefill.ts'
import { writeTools } from './encode-tools.ts'
import { PARAMETERS } from './parameters.ts'
import { FAMILY, FORWARD_HEADERS } from './vocabulary.ts'
import { toResponses } from './to-responses.ts'
import { writeTurns } from './turns.ts'

/**
 * Writes a chat request for a provider, as its quirks and capabilities demand, with a notice for every lossy step. The provider is
 * told to keep nothing, unless the client said otherwise in its own words.
 * Deterministic: the same request gives the same text, and a conversation with one more turn begins like the one before.
 * Throws `Failure('unsupported-feature', { param })` for what cannot be carried and must not be dropped.
 */
export function encodeChat(request: ChatRequest, context: RequestContext): WireRequest {
  refuseBound(request, FAMILY, context.quirks)
  refusePrefill(request, context.capabilities)
  noteForeignExtra(request, FAMILY, context.notice)
  const to = toResponses(request, context)
  const body: Body = { store: false, ...request.extra?.[FAMILY], model: context.model }
  writeTurns(to, body)
  writeTools(to, body)
  PARAMETERS.write(request, to, body)
  return {
    body: JSON.stringify(obeyFieldNames(body, context)),
    headers: pickHeaders(context.headers, FORWARD_HEADERS),
  }
}
