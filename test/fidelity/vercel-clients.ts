import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import {
  generateText,
  jsonSchema,
  Output,
  streamText,
  tool,
  type FinishReason,
  type LanguageModel,
  type LanguageModelUsage,
  type ModelMessage,
  type ToolSet,
} from 'ai'
import type { Json } from '../../src/kit/json.ts'
import type { ClientDialect } from '../modes.ts'
import { inPath } from './google-client.ts'
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

const ROOMY_TOKENS = 4_096
const FINISHES = {
  stop: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'tool-calls': 'tool-calls',
  refusal: 'content-filter',
} as const

type ProviderOptions = NonNullable<Parameters<typeof generateText>[0]['providerOptions']>

/** A provider package of the Vercel AI SDK that speaks one of our dialects. */
interface Package {
  readonly name: string
  readonly dialect: ClientDialect
  readonly imageUrls: boolean
  readonly namesDocuments: boolean
  readonly reasoning: Client['reasoning']
  /** The settings that the SDK has no general word for. */
  readonly options: (settings: TalkSettings) => ProviderOptions
  readonly model: (connection: Connection, wire: WireRecord, name: string) => LanguageModel
}

const PACKAGES: readonly Package[] = [
  {
    name: 'ai/openai',
    dialect: 'openai-chat',
    imageUrls: true,
    namesDocuments: true,
    reasoning: 'none',
    options: ({ reasoning, parallel }) => ({
      openai: {
        ...(reasoning === true ? { reasoningEffort: 'medium' } : {}),
        ...(parallel === undefined ? {} : { parallelToolCalls: parallel }),
      },
    }),
    model: ({ url, key }, wire, name) =>
      createOpenAI({ baseURL: `${url}/v1`, apiKey: key, fetch: asFetch(wire) }).chat(name),
  },
  {
    name: 'ai/openai-compatible',
    dialect: 'openai-chat',
    imageUrls: false,
    namesDocuments: true,
    reasoning: 'text',
    options: ({ reasoning, parallel }) => ({
      gatehouse: {
        ...(reasoning === true ? { reasoningEffort: 'medium' } : {}),
        ...(parallel === undefined ? {} : { parallel_tool_calls: parallel }),
      },
    }),
    model: ({ url, key }, wire, name) =>
      createOpenAICompatible({
        name: 'gatehouse',
        baseURL: `${url}/v1`,
        apiKey: key,
        fetch: asFetch(wire),
        includeUsage: true,
        supportsStructuredOutputs: true,
      })(name),
  },
  {
    name: 'ai/anthropic',
    dialect: 'anthropic-messages',
    imageUrls: true,
    namesDocuments: true,
    reasoning: 'signed',
    options: ({ reasoning, parallel, schema }) => ({
      anthropic: {
        ...(reasoning === true ? { thinking: { type: 'enabled', budgetTokens: 1_024 } } : {}),
        ...(parallel === undefined ? {} : { disableParallelToolUse: !parallel }),
        // For a model that it does not know the SDK would rather invent a tool.
        ...(schema === undefined ? {} : { structuredOutputMode: 'outputFormat' }),
      },
    }),
    model: ({ url, key }, wire, name) =>
      createAnthropic({ baseURL: `${url}/v1`, apiKey: key, fetch: asFetch(wire) })(name),
  },
  {
    name: 'ai/google',
    dialect: 'gemini',
    imageUrls: false,
    namesDocuments: false,
    reasoning: 'signed',
    options: ({ reasoning }) => ({
      google: reasoning === true ? { thinkingConfig: { includeThoughts: true, thinkingBudget: 1_024 } } : {},
    }),
    model: ({ url, key }, wire, name) =>
      createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: key, fetch: asFetch(wire) })(
        // A name with a slash is taken for a path of the SDK's own.
        `models/${inPath(name)}`,
      ),
  },
]

/** The SDK wants the whole type of the global, of which it uses the call alone. */
function asFetch(wire: WireRecord): typeof fetch {
  return Object.assign(wire.fetch, { preconnect: () => undefined })
}

/** The Vercel AI SDK with the provider packages that speak our dialects. */
export const VERCEL_CLIENTS: readonly Client[] = PACKAGES.map((pack) => {
  const { name, dialect, imageUrls, namesDocuments, reasoning } = pack
  return {
    name,
    dialect,
    imageUrls,
    namesDocuments,
    reasoning,
    finishes: FINISHES,
    stops: true,
    open: (connection, settings) => openTalk(pack, connection, settings),
  }
})

function openTalk(pack: Package, connection: Connection, settings: TalkSettings): Talk {
  const wire = createWireRecord()
  const messages: ModelMessage[] = []
  const send = async (change: Partial<TalkSettings> = {}): Promise<Reply> => {
    const now = { ...settings, ...change }
    const call = {
      ...toCall(now, pack),
      model: pack.model(connection, wire, now.model),
      messages: [...messages],
    }
    const said = now.mode === 'stream' ? await stream(call) : await generate(call)
    messages.push(...said.messages)
    return toReply(said, wire)
  }
  return {
    wire: wire.last,
    say(text, files = [], change) {
      messages.push({ role: 'user', content: toContent(text, files) })
      return send(change)
    },
    report(results, change) {
      messages.push({
        role: 'tool',
        content: results.map(({ id, name, text }) => ({
          type: 'tool-result',
          toolCallId: id,
          toolName: name,
          output: { type: 'text', value: text },
        })),
      })
      return send(change)
    },
  }
}

function toContent(text: string, files: readonly SaidFile[]) {
  const parts = files.map((file) => {
    const { mediaType, base64 } = inlineOf(file) ?? {}
    return {
      type: 'file' as const,
      mediaType: mediaType ?? 'image/png',
      data: base64 ?? new URL(file),
      ...(mediaType === 'application/pdf' ? { filename: DOCUMENT_NAME } : {}),
    }
  })
  return [...parts, { type: 'text' as const, text }]
}

function toCall(settings: TalkSettings, { options, dialect }: Package) {
  const { system, tools, schema, maxTokens, stop } = settings
  const offered: ToolSet = Object.fromEntries(
    (tools ?? []).map(({ name, description, parameters }) => [
      name,
      tool({ description, inputSchema: jsonSchema({ ...parameters }) }),
    ]),
  )
  return {
    maxRetries: 0,
    ...(system === undefined ? {} : { instructions: system }),
    ...(tools === undefined ? {} : { tools: offered }),
    ...(schema === undefined ? {} : { output: Output.object({ schema: jsonSchema({ ...schema }) }) }),
    ...limitOf(maxTokens, dialect),
    ...(stop === undefined ? {} : { stopSequences: [stop] }),
    providerOptions: options(settings),
  }
}

/** Where the API demands a limit, the SDK warns about guessing one. */
function limitOf(maxTokens: number | undefined, dialect: string): { maxOutputTokens?: number } {
  if (maxTokens !== undefined) return { maxOutputTokens: maxTokens }
  return dialect === 'anthropic-messages' ? { maxOutputTokens: ROOMY_TOKENS } : {}
}

type Call = ReturnType<typeof toCall> & {
  readonly model: LanguageModel
  readonly messages: ModelMessage[]
}

interface Said {
  readonly text: string
  readonly reasoningText: string | undefined
  readonly toolCalls: readonly { toolCallId: string; toolName: string; input: unknown }[]
  readonly finishReason: FinishReason
  readonly usage: LanguageModelUsage
  readonly messages: readonly ModelMessage[]
}

async function generate(call: Call): Promise<Said> {
  const { finalStep, responseMessages } = await generateText(call)
  return { ...pick(finalStep), messages: responseMessages }
}

/** The SDK keeps the reason of a broken stream for `onError` and rejects its promises with a general one. */
async function stream(call: Call): Promise<Said> {
  const errors: unknown[] = []
  const result = streamText({
    ...call,
    onError({ error }) {
      errors.push(error)
    },
  })
  await result.consumeStream()
  const [broken] = errors
  if (broken instanceof Error) throw broken
  if (broken !== undefined) throw new BrokenStream(broken)
  return { ...pick(await result.finalStep), messages: await result.responseMessages }
}

/** An error event as the SDK hands it on: the parsed body, which is not an `Error`. */
class BrokenStream extends Error {
  constructor(event: unknown) {
    super(typeof event === 'string' ? event : JSON.stringify(event))
    this.name = 'BrokenStream'
  }
}

function pick({ text, reasoningText, toolCalls, finishReason, usage }: Omit<Said, 'messages'>) {
  return { text, reasoningText, toolCalls, finishReason, usage }
}

function toReply(said: Said, wire: WireRecord): Reply {
  const { inputTokens, outputTokens, inputTokenDetails, outputTokenDetails } = said.usage
  const { reasoningTokens } = outputTokenDetails
  return {
    text: said.text,
    reasoning: said.reasoningText ?? '',
    calls: said.toolCalls.map(({ toolCallId, toolName, input }) => ({
      id: toolCallId,
      name: toolName,
      arguments: input as Json,
    })),
    finish: said.finishReason,
    usage: {
      input: inputTokens ?? -1,
      output: outputTokens ?? -1,
      cacheRead: inputTokenDetails.cacheReadTokens ?? 0,
      ...(reasoningTokens === undefined ? {} : { reasoning: reasoningTokens }),
    },
    wire: wire.last(),
  }
}
