import OpenAI from 'openai'
import type { CompletionUsage } from 'openai/resources/completions'
import type {
  ChatCompletion,
  ChatCompletionContentPart,
  ChatCompletionCreateParams,
  ChatCompletionMessageParam,
} from 'openai/resources'
import { parseJson } from '../../src/kit/json.ts'
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

/** The official OpenAI SDK, Chat Completions. */
export const openaiClient: Client = {
  name: 'openai',
  dialect: 'openai-chat',
  finishes: {
    stop: 'stop',
    'stop-sequence': 'stop',
    length: 'length',
    'tool-calls': 'tool_calls',
    refusal: 'stop',
  },
  stops: true,
  imageUrls: true,
  namesDocuments: true,
  reasoning: 'signed',
  open: openTalk,
}

/** The SDK itself, with its own retries off. */
export function createOpenai({ url, key }: Connection, wire: WireRecord = createWireRecord()): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0, fetch: wire.fetch })
}

/** Servers of this dialect tell reasoning in a field that the SDK passes on without a type. */
function reasoningOf(part: object | undefined): string {
  const text = part !== undefined && 'reasoning_content' in part ? part.reasoning_content : undefined
  return typeof text === 'string' ? text : ''
}

interface Asked {
  readonly completion: ChatCompletion
  readonly reasoning: string
}

function openTalk(connection: Connection, settings: TalkSettings): Talk {
  const wire = createWireRecord()
  const sdk = createOpenai(connection, wire)
  const { system } = settings
  const messages: ChatCompletionMessageParam[] =
    system === undefined ? [] : [{ role: 'system', content: system }]
  const send = async (change: Partial<TalkSettings> = {}): Promise<Reply> => {
    const now = { ...settings, ...change }
    const params = toParams(now, messages)
    const asked = now.mode === 'stream' ? await stream(sdk, params) : await ask(sdk, params)
    const message = asked.completion.choices[0]?.message
    if (message === undefined) throw new Error('an answer without a choice')
    messages.push(message)
    return toReply(asked, wire)
  }
  return {
    wire: wire.last,
    say(text, files = [], change) {
      messages.push({ role: 'user', content: toContent(text, files) })
      return send(change)
    },
    report(results, change) {
      for (const { id, text } of results) messages.push({ role: 'tool', tool_call_id: id, content: text })
      return send(change)
    },
  }
}

function toContent(text: string, files: readonly SaidFile[]) {
  if (files.length === 0) return text
  return [{ type: 'text' as const, text }, ...files.map(toPart)]
}

function toPart(file: SaidFile): ChatCompletionContentPart {
  return inlineOf(file)?.mediaType === 'application/pdf'
    ? { type: 'file', file: { filename: DOCUMENT_NAME, file_data: file } }
    : { type: 'image_url', image_url: { url: file } }
}

function toParams(
  { model, tools, parallel, schema, maxTokens, stop, reasoning }: TalkSettings,
  messages: readonly ChatCompletionMessageParam[],
): ChatCompletionCreateParams {
  return {
    model,
    messages: [...messages],
    ...(tools === undefined
      ? {}
      : {
          tools: tools.map(({ name, description, parameters }) => ({
            type: 'function' as const,
            function: { name, description, parameters: { ...parameters } },
          })),
        }),
    ...(parallel === undefined ? {} : { parallel_tool_calls: parallel }),
    ...(schema === undefined
      ? {}
      : {
          response_format: {
            type: 'json_schema' as const,
            json_schema: { name: 'answer', strict: true, schema: { ...schema } },
          },
        }),
    ...(maxTokens === undefined ? {} : { max_completion_tokens: maxTokens }),
    ...(stop === undefined ? {} : { stop: [stop] }),
    ...(reasoning === true ? { reasoning_effort: 'medium' as const } : {}),
  }
}

async function ask(sdk: OpenAI, params: ChatCompletionCreateParams): Promise<Asked> {
  const completion = await sdk.chat.completions.create({ ...params, stream: false })
  return { completion, reasoning: reasoningOf(completion.choices[0]?.message) }
}

/** The SDK's accumulator keeps the last delta of fields it has no type for, so reasoning is joined from the chunks. */
async function stream(sdk: OpenAI, params: ChatCompletionCreateParams): Promise<Asked> {
  let reasoning = ''
  const running = sdk.chat.completions.stream({
    ...params,
    stream: true,
    stream_options: { include_usage: true },
  })
  running.on('chunk', (chunk) => {
    reasoning += reasoningOf(chunk.choices[0]?.delta)
  })
  return { completion: await running.finalChatCompletion(), reasoning }
}

function toReply({ completion, reasoning }: Asked, wire: WireRecord): Reply {
  const { choices, usage } = completion
  const [choice] = choices
  const message = choice?.message
  return {
    text: message?.content ?? '',
    reasoning,
    ...(typeof message?.refusal === 'string' ? { refusal: message.refusal } : {}),
    calls: (message?.tool_calls ?? []).flatMap((call) =>
      call.type === 'function'
        ? [{ id: call.id, name: call.function.name, arguments: parseJson(call.function.arguments) }]
        : [],
    ),
    finish: choice?.finish_reason ?? '',
    usage: toReplyUsage(usage),
    wire: wire.last(),
  }
}

/** A number that was not told is -1, which equals nothing. */
function toReplyUsage(usage: CompletionUsage | undefined): Reply['usage'] {
  return {
    input: usage?.prompt_tokens ?? -1,
    output: usage?.completion_tokens ?? -1,
    cacheRead: usage?.prompt_tokens_details?.cached_tokens ?? -1,
    reasoning: usage?.completion_tokens_details?.reasoning_tokens ?? -1,
  }
}
