import type { ChatRequest } from '../../exchange/chat.ts'
import { Failure } from '../../exchange/failure.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import type { ModelRequest } from '../../exchange/operation.ts'
import { pickHeaders } from '../../kit/header-rules.ts'
import { omitKeys, readObject, type JsonObject } from '../../kit/json.ts'
import { refuseBound } from '../bound-content.ts'
import type { RequestContext, WireRequest } from '../dialect.ts'
import { noteForeignExtra } from '../foreign-extra.ts'
import { refusePrefill } from '../prefill.ts'
import { createEncoding, type Encoding, type RequestFields } from './encode-context.ts'
import { encodeMessages } from './encode-messages.ts'
import { encodeParameters, outputInstruction } from './encode-parameters.ts'
import { encodeTools } from './encode-tools.ts'
import { FAMILY, FORWARD_HEADERS } from './schema.ts'

/**
 * Writes a chat request for a provider, as its quirks and capabilities demand, with a notice for every lossy step.
 * Deterministic: the same request gives the same text, and a conversation with one more turn begins like the one before.
 * Throws `Failure('unsupported-feature', { param })` for what cannot be carried and must not be dropped.
 */
export function encodeRequest(request: ModelRequest, context: RequestContext): WireRequest {
  if (request.operation !== 'chat') {
    throw new Failure('unsupported-feature', {
      param: 'operation',
      message: 'The provider cannot count tokens.',
    })
  }
  refuseBound(request, FAMILY, context.quirks)
  refusePrefill(request, context.capabilities)
  const encoding = createEncoding(context)
  noteForeignExtra(request, FAMILY, context.notice)
  const extra = request.extra?.[FAMILY]
  const body: RequestFields = extra === undefined ? {} : omitKeys(extra, STREAM_OPTIONS)
  body['model'] = context.model
  body['messages'] = encodeConversation(request, encoding)
  encodeTools(body, request, encoding)
  encodeParameters(body, request, encoding)
  encodeStreaming(body, request, context)
  return {
    body: JSON.stringify(obeyNames(body, context)),
    headers: pickHeaders(context.headers, FORWARD_HEADERS),
  }
}

function encodeConversation(request: ChatRequest, encoding: Encoding): JsonObject[] {
  const instruction = outputInstruction(request.output, encoding)
  const messages = encodeMessages(request.turns, encoding)
  return instruction === undefined ? messages : [{ role: 'system', content: instruction }, ...messages]
}

const STREAM_OPTIONS: ReadonlySet<string> = new Set(['stream_options'])

/** Usage is always asked for: the ledger needs it, and the encoder towards the client hides it again. */
function encodeStreaming(body: RequestFields, request: ChatRequest, { quirks }: RequestContext): void {
  if (!request.stream) return
  body['stream'] = true
  if (quirks.streamOptions === false) return
  const further = readObject(request.extra?.[FAMILY] ?? {}, 'stream_options')
  body['stream_options'] = { ...further, include_usage: true }
}

/** Leaves out and renames fields as the provider demands. */
function obeyNames(body: JsonObject, { quirks, notice }: RequestContext): JsonObject {
  if (quirks.dropParams === undefined && quirks.renameParams === undefined) return body
  const dropped = new Set(quirks.dropParams)
  const renamed = new Map(Object.entries(quirks.renameParams ?? {}))
  const entries = Object.entries(body).flatMap(([name, value]) => {
    if (dropped.has(name)) {
      noteDropped(name, value, notice)
      return []
    }
    const other = renamed.get(name)
    if (other !== undefined) notice('param.renamed', name)
    return [[other ?? name, value] as const]
  })
  return Object.fromEntries(entries)
}

function noteDropped(name: string, value: JsonObject[string], notice: NoticeSink): void {
  // One answer is what everybody gives; several that become one would be a different result (never in silence).
  if (name === 'n' && value === 1) return
  if (name === 'n') {
    throw new Failure('unsupported-feature', {
      param: 'n',
      message: 'The provider gives one answer per request.',
    })
  }
  notice('param.dropped', name)
}
