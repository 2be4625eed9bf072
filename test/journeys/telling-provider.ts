import { DIALECTS } from '../../src/dialects/all.ts'
import { speakChat } from '../../src/dialects/speak-chat.fixture.ts'
import type { ChatEvent } from '../../src/exchange/chat-content.ts'
import type { ChatRequest } from '../../src/exchange/chat.ts'
import { collect } from '../../src/exchange/collect.ts'
import type { Block } from '../../src/exchange/content.ts'
import { NO_USAGE } from '../../src/exchange/usage.ts'
import { parseJsonObject, readBoolean, readString } from '../../src/kit/json.ts'
import type { ClientDialect } from '../modes.ts'
import { openScriptedProvider } from './scripted-provider.ts'

/** What a model answers, by the dialect in which it is asked. */
export type Tells = (model: string, dialect: ClientDialect) => readonly Block[]

/** Characters of each piece of a text. */
const PIECE = 3
const PATHS: Readonly<Record<ClientDialect, string>> = {
  'openai-chat': '/openai-chat/v1',
  'anthropic-messages': '/anthropic-messages/v1',
  'openai-responses': '/openai-responses/v1',
  gemini: '/gemini/v1beta',
}

/** A provider that answers every request with the blocks of the model that was asked for, cut into small pieces where it streams. */
export interface TellingProvider {
  /** Where it is asked in a dialect. */
  baseUrl(dialect: ClientDialect): string
  close(): Promise<void>
}

/** Opens one on a free port of this machine. */
export function openTellingProvider(tells: Tells): TellingProvider {
  const { url, close } = openScriptedProvider(({ path, body }) => {
    const dialect = dialectAt(path)
    const asked = parseJsonObject(body) ?? {}
    const inPath = /\/models\/([^:]+):(\w+)$/.exec(path)
    const model = readString(asked, 'model') ?? inPath?.[1] ?? ''
    const stream = readBoolean(asked, 'stream') ?? inPath?.[2]?.startsWith('stream') ?? false
    return answer(dialect, tells(model, dialect), { model, stream })
  })
  return { baseUrl: (dialect) => url + PATHS[dialect], close }
}

function dialectAt(pathname: string): ClientDialect {
  for (const [dialect, path] of Object.entries(PATHS))
    if (pathname.startsWith(path)) return dialect as ClientDialect
  throw new RangeError(pathname)
}

function answer(
  name: ClientDialect,
  blocks: readonly Block[],
  { model, stream }: { readonly model: string; readonly stream: boolean },
): Response {
  const dialect = DIALECTS.find((one) => one.name === name)
  if (dialect === undefined) throw new RangeError(name)
  const request: ChatRequest = { operation: 'chat', model, turns: [], stream, wantsUsage: true }
  const encoder = speakChat(dialect).encodeResponse({
    request,
    requestId: 'told_1',
    model,
    createdMs: 0,
    estimatedInputTokens: 1,
    notice() {},
  })
  const events = eventsOf(blocks)
  if (!stream) return Response.json(encoder.unary(collect(events)))
  return new Response(events.map((event) => encoder.event(event)).join(''), {
    headers: { 'content-type': dialect.framing.contentType },
  })
}

function eventsOf(blocks: readonly Block[]): readonly ChatEvent[] {
  const hasCalls = blocks.some(({ type }) => type === 'tool-call')
  return [
    { type: 'start', responseId: 'told_1', model: 'm' },
    ...blocks.flatMap((block, index) => blockEvents(block, { choice: 0, index })),
    { type: 'finish', choice: 0, reason: hasCalls ? 'tool-calls' : 'stop' },
    { type: 'usage', usage: NO_USAGE },
    { type: 'end' },
  ]
}

function blockEvents(
  block: Block,
  at: { readonly choice: number; readonly index: number },
): readonly ChatEvent[] {
  const end = { type: 'block-end', ...at } as const
  if (block.type === 'tool-call')
    return [
      { type: 'block-start', ...at, block: { ...block, arguments: '' } },
      ...cut(block.arguments).map((text) => ({ type: 'arguments-delta', ...at, text }) as const),
      end,
    ]
  if (block.type === 'native' && 'audio' in block.raw)
    // Spoken answers come in pieces.
    return [
      { type: 'block-start', ...at, block: { ...block, raw: { audio: {} } } },
      { type: 'native-delta', ...at, raw: block.raw },
      end,
    ]
  if (block.type !== 'text' && block.type !== 'reasoning') return [{ type: 'block-start', ...at, block }, end]
  const type = block.type === 'text' ? 'text-delta' : 'reasoning-delta'
  return [
    { type: 'block-start', ...at, block: { ...block, text: '' } },
    ...cut(block.text).map((text) => ({ type, ...at, text }) as const),
    end,
  ]
}

function cut(text: string): readonly string[] {
  return text.match(new RegExp(`.{1,${PIECE}}`, 'gsu')) ?? []
}
