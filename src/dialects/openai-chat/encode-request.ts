import type { ChatRequest, Turn } from '../../exchange/chat.ts'
import type { Block, Extra } from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import type { ModelRequest } from '../../exchange/operation.ts'
import { pickHeaders } from '../../kit/header-rules.ts'
import { omitKeys, readObject, type JsonObject } from '../../kit/json.ts'
import type { RequestContext, WireRequest } from '../dialect.ts'
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
  const encoding = createEncoding(context)
  noteForeignExtra(request, context.notice)
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

/** Tells which fields of other families stay behind: by name at the top, in one word for those in the conversation. */
function noteForeignExtra(request: ChatRequest, notice: NoticeSink): void {
  const { extra } = request
  for (const family in extra) {
    if (family !== FAMILY) for (const name in extra[family]) notice('unknown.dropped', name)
  }
  if (hasForeignTurn(request.turns)) notice('unknown.dropped', 'messages')
  if (request.tools?.some((tool) => tool.type !== 'hosted' && isForeign(tool.extra)) === true) {
    notice('unknown.dropped', 'tools')
  }
}

function hasForeignTurn(turns: readonly Turn[]): boolean {
  for (const { extra, blocks } of turns) if (isForeign(extra) || hasForeignBlock(blocks)) return true
  return false
}

function hasForeignBlock(blocks: readonly Block[]): boolean {
  for (const block of blocks) {
    if (isForeign(block.extra) || (block.type === 'tool-result' && hasForeignBlock(block.blocks))) return true
  }
  return false
}

function isForeign(extra: Extra | undefined): boolean {
  return extra !== undefined && Object.keys(extra).some((family) => family !== FAMILY)
}
