import Anthropic from '@anthropic-ai/sdk'
import type { Json } from '../../src/kit/json.ts'
import {
  DOCUMENT_NAME,
  inlineOf,
  type Client,
  type Connection,
  type Reply,
  type SaidFile,
  type Talk,
  type TalkSettings,
} from './talk.ts'
import { createWireRecord, type WireRecord } from './wire-record.ts'

/** The API demands a limit; this one is never reached. */
const ROOMY_TOKENS = 4_096

/** The official Anthropic SDK, Messages. */
export const anthropicClient: Client = {
  name: 'anthropic',
  dialect: 'anthropic-messages',
  finishes: {
    stop: 'end_turn',
    'stop-sequence': 'stop_sequence',
    length: 'max_tokens',
    'tool-calls': 'tool_use',
    refusal: 'refusal',
  },
  stops: true,
  imageUrls: true,
  namesDocuments: true,
  reasoning: 'signed',
  open: openTalk,
}

/** The SDK itself, with its own retries off. */
export function createAnthropic({ url, key }: Connection, wire: WireRecord = createWireRecord()): Anthropic {
  return new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0, fetch: wire.fetch })
}

function openTalk(connection: Connection, settings: TalkSettings): Talk {
  const wire = createWireRecord()
  const sdk = createAnthropic(connection, wire)
  const messages: Anthropic.MessageParam[] = []
  const send = async (change: Partial<TalkSettings> = {}): Promise<Reply> => {
    const now = { ...settings, ...change }
    const params = toParams(now, messages)
    const message =
      now.mode === 'stream'
        ? await sdk.messages.stream(params).finalMessage()
        : await sdk.messages.create(params)
    messages.push({ role: message.role, content: message.content })
    return toReply(message, wire)
  }
  return {
    wire: wire.last,
    say(text, files = [], change) {
      messages.push({
        role: 'user',
        content: files.length === 0 ? text : [...files.map(toBlock), { type: 'text', text }],
      })
      return send(change)
    },
    report(results, change) {
      messages.push({
        role: 'user',
        content: results.map(({ id, text }) => ({ type: 'tool_result', tool_use_id: id, content: text })),
      })
      return send(change)
    },
  }
}

function toBlock(file: SaidFile): Anthropic.ImageBlockParam | Anthropic.DocumentBlockParam {
  const { mediaType, base64 } = inlineOf(file) ?? {}
  if (base64 === undefined) return { type: 'image', source: { type: 'url', url: file } }
  if (mediaType !== 'application/pdf')
    return { type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64 } }
  const source = { type: 'base64' as const, media_type: mediaType, data: base64 } as const
  return { type: 'document', source, title: DOCUMENT_NAME }
}

function toParams(
  { model, system, tools, parallel, schema, maxTokens, stop, reasoning }: TalkSettings,
  messages: readonly Anthropic.MessageParam[],
): Anthropic.MessageCreateParamsNonStreaming {
  return {
    model,
    max_tokens: maxTokens ?? ROOMY_TOKENS,
    messages: [...messages],
    ...(system === undefined ? {} : { system }),
    ...(tools === undefined
      ? {}
      : {
          tools: tools.map(({ name, description, parameters }) => ({
            name,
            description,
            input_schema: { ...parameters, type: 'object' as const },
          })),
        }),
    ...(parallel === undefined
      ? {}
      : { tool_choice: { type: 'auto' as const, disable_parallel_tool_use: !parallel } }),
    ...(schema === undefined
      ? {}
      : { output_config: { format: { type: 'json_schema' as const, schema: { ...schema } } } }),
    ...(stop === undefined ? {} : { stop_sequences: [stop] }),
    ...(reasoning === true ? { thinking: { type: 'enabled' as const, budget_tokens: 1_024 } } : {}),
  }
}

function toReply(message: Anthropic.Message, wire: WireRecord): Reply {
  const { content } = message
  // Servers that forget it exist; the SDK's type does not know them.
  const usage: Partial<Anthropic.Usage> = message.usage ?? {}
  const cacheRead = usage.cache_read_input_tokens ?? 0
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    reasoning: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    calls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, arguments: block.input as Json }] : [],
    ),
    finish: message.stop_reason ?? '',
    usage: {
      input: (usage.input_tokens ?? 0) + cacheRead + (usage.cache_creation_input_tokens ?? 0),
      output: usage.output_tokens ?? 0,
      cacheRead,
    },
    wire: wire.last(),
  }
}
