import type { ChatRequest } from '../../exchange/chat.ts'
import type { CountTokensRequest } from '../../exchange/operations/count-tokens.ts'
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
  refusePrefill(request, context.capabilities)
  return writeRequest(request, context, 'write')
}

/** As `encodeChat`, for counting, which asks for no answer. */
export function encodeCount({ chat }: CountTokensRequest, context: RequestContext): WireRequest {
  return writeRequest(chat, context, 'writeCounted')
}

function writeRequest(
  chat: ChatRequest,
  context: RequestContext,
  write: 'write' | 'writeCounted',
): WireRequest {
  refuseBound(chat, FAMILY, context.quirks)
  noteForeignExtra(chat, FAMILY, context.notice)
  const to = toResponses(chat, context)
  const body: Body = { store: false, ...chat.extra?.[FAMILY], model: context.model }
  writeTurns(to, body)
  writeTools(to, body)
  PARAMETERS[write](chat, to, body)
  const told = write === 'write' ? body : counted(body)
  return {
    body: JSON.stringify(obeyFieldNames(told, context)),
    headers: pickHeaders(context.headers, FORWARD_HEADERS),
  }
}

/** All that is taken where tokens are counted (https://platform.openai.com/docs/api-reference/responses/input-tokens). */
const COUNTED_FIELDS: readonly string[] = [
  'model',
  'instructions',
  'input',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'truncation',
  'personality',
  'conversation',
]

function counted(body: Body): Body {
  return Object.fromEntries(COUNTED_FIELDS.map((name) => [name, body[name]]))
}
