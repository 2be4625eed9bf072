import type { ChatRequest } from '../../exchange/chat.ts'
import { chatOf, type ModelRequest } from '../../exchange/operation.ts'
import { pickHeaders } from '../../kit/header-rules.ts'
import type { JsonObject } from '../../kit/json.ts'
import { refuseBound } from '../bound-content.ts'
import type { RequestContext, WireRequest } from '../dialect.ts'
import { noteForeignExtra } from '../foreign-extra.ts'
import { refusePrefill } from '../prefill.ts'
import { createIdMapper } from '../tool-call-id.ts'
import { unknownMembers } from '../unknown-members.ts'
import {
  encodeOutput,
  encodeParameters,
  encodeRequestCache,
  encodeThinking,
  noteLostParameters,
} from './encode-parameters.ts'
import { planReasoning } from './encode-reasoning.ts'
import { encodeTools } from './encode-tools.ts'
import { encodeTurns } from './encode-turns.ts'
import { writeObject, type Members } from './json-text.ts'
import { ownExtra, type RequestWriter } from './request-writer.ts'
import { DEFAULT_VERSION, FAMILY, FORWARD_HEADERS, NOT_COUNTED, TOOL_CALL_ID_CHARACTERS } from './schema.ts'

/**
 * Writes a canonical request for a provider of Messages. The same request always gives the same text.
 * Throws `Failure('unsupported-feature')` for what cannot be carried and must not be dropped, and
 * `Failure('invalid-request')` for tool arguments that are not a JSON object.
 */
export function encodeRequest(request: ModelRequest, context: RequestContext): WireRequest {
  const counting = request.operation === 'count-tokens'
  const quiet = counting ? { ...context, notice: withoutCounted(context) } : context
  const chat = chatOf(request)
  refuseBound(chat, FAMILY, context.quirks)
  refusePrefill(request, context.capabilities)
  noteForeignExtra(chat, FAMILY, quiet.notice)
  const members = encodeMembers(chat, quiet)
  const kept = counting ? leaveOut(members, NOT_COUNTED) : members
  const extra = ownExtra(chat.extra)
  return {
    body: writeObject(applyQuirks(kept, context), remainingExtra(extra, context)),
    headers: protocolHeaders(context.headers),
  }
}

function encodeMembers(chat: ChatRequest, context: RequestContext): Members {
  noteLostParameters(chat, context)
  const plan = planReasoning(chat, context)
  const { config, sentences } = encodeOutput(chat, context, plan)
  const writer: RequestWriter = {
    context,
    callId: createIdMapper({
      pattern: 'identifier',
      length: TOOL_CALL_ID_CHARACTERS,
      ...context.quirks.toolCallId,
    }),
  }
  // Tools, system, messages: the order in which providers hash a prompt for their caches.
  return {
    model: JSON.stringify(context.model),
    ...encodeTools(chat, context, plan.active),
    ...encodeTurns(chat.turns, writer, sentences),
    ...encodeParameters(chat, context, plan),
    thinking: encodeThinking(chat, plan),
    output_config: config,
    cache_control: encodeRequestCache(chat, context),
  }
}

/** Counting loses no sampling, so it says nothing about it. */
function withoutCounted(context: RequestContext): RequestContext['notice'] {
  return (code, subject) => {
    if (code !== 'max-tokens.defaulted' && code !== 'param.dropped') context.notice(code, subject)
  }
}

function leaveOut(members: Members, names: ReadonlySet<string>): Members {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.has(name)))
}

/** Leaves out and renames fields as the provider's row says. */
function applyQuirks(members: Members, { quirks, notice }: RequestContext): Members {
  const { dropParams = [], renameParams = {} } = quirks
  if (dropParams.length === 0 && Object.keys(renameParams).length === 0) return members
  const adapted: Record<string, string | undefined> = {}
  for (const [name, text] of Object.entries(members)) {
    if (text === undefined) continue
    if (dropParams.includes(name)) {
      notice('param.dropped', name)
      continue
    }
    const renamed = renameParams[name]
    if (renamed !== undefined) notice('param.renamed', name)
    adapted[renamed ?? name] = text
  }
  return adapted
}

/** Own fields that their encoders have joined with canonical ones already. */
const JOINED: ReadonlySet<string> = new Set(['thinking', 'output_config', 'metadata'])

function remainingExtra(extra: JsonObject | undefined, { quirks }: RequestContext): JsonObject | undefined {
  if (extra === undefined) return undefined
  return unknownMembers(extra, new Set([...JOINED, ...(quirks.dropParams ?? [])]))
}

/** The headers of the dialect, from a client that spoke it too, else the version that every model accepts. */
export function protocolHeaders(
  clientHeaders: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return { 'anthropic-version': DEFAULT_VERSION, ...pickHeaders(clientHeaders, FORWARD_HEADERS) }
}
