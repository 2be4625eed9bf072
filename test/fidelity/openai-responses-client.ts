import type OpenAI from 'openai'
import type {
  EasyInputMessage,
  Response as OpenaiResponse,
  ResponseCreateParamsNonStreaming,
  ResponseInputContent,
  ResponseInputItem,
} from 'openai/resources/responses/responses'
import { parseJson } from '../../src/kit/json.ts'
import { createOpenai } from './openai-client.ts'
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

/** The official OpenAI SDK, Responses: stateless, with the proofs of reasoning sent back. */
export const openaiResponsesClient: Client = {
  name: 'openai responses',
  dialect: 'openai-responses',
  finishes: {
    stop: 'completed',
    'stop-sequence': 'completed',
    length: 'max_output_tokens',
    'tool-calls': 'completed',
    refusal: 'completed',
  },
  stops: false,
  imageUrls: true,
  namesDocuments: true,
  reasoning: 'signed',
  open: openTalk,
}

function openTalk(connection: Connection, settings: TalkSettings): Talk {
  const wire = createWireRecord()
  const sdk = createOpenai(connection, wire)
  const input: ResponseInputItem[] = []
  const send = async (change: Partial<TalkSettings> = {}): Promise<Reply> => {
    const now = { ...settings, ...change }
    const params = toParams(now, input)
    const response = now.mode === 'stream' ? await stream(sdk, params) : await sdk.responses.create(params)
    // The SDK's own items are what a client sends back.
    for (const item of response.output) input.push(item as ResponseInputItem)
    return toReply(response, wire)
  }
  return {
    wire: wire.last,
    say(text, files = [], change) {
      input.push(toMessage(text, files))
      return send(change)
    },
    report(results, change) {
      for (const { id, text } of results)
        input.push({ type: 'function_call_output', call_id: id, output: text })
      return send(change)
    },
  }
}

function toMessage(text: string, files: readonly SaidFile[]): EasyInputMessage {
  if (files.length === 0) return { role: 'user', content: text }
  return { role: 'user', content: [{ type: 'input_text', text }, ...files.map(toPart)] }
}

function toPart(file: SaidFile): ResponseInputContent {
  return inlineOf(file)?.mediaType === 'application/pdf'
    ? { type: 'input_file', filename: DOCUMENT_NAME, file_data: file }
    : { type: 'input_image', image_url: file, detail: 'auto' }
}

/** Stop sequences have no word here. */
function toParams(
  { model, system, tools, parallel, schema, maxTokens, reasoning }: TalkSettings,
  input: readonly ResponseInputItem[],
): ResponseCreateParamsNonStreaming {
  return {
    model,
    input: [...input],
    store: false,
    ...(system === undefined ? {} : { instructions: system }),
    ...(tools === undefined
      ? {}
      : {
          tools: tools.map(({ name, description, parameters }) => ({
            type: 'function' as const,
            name,
            description,
            parameters: { ...parameters },
            strict: false,
          })),
        }),
    ...(parallel === undefined ? {} : { parallel_tool_calls: parallel }),
    ...(schema === undefined
      ? {}
      : {
          text: {
            format: { type: 'json_schema' as const, name: 'answer', strict: true, schema: { ...schema } },
          },
        }),
    ...(maxTokens === undefined ? {} : { max_output_tokens: maxTokens }),
    ...(reasoning === true
      ? {
          reasoning: { effort: 'medium' as const, summary: 'auto' as const },
          include: ['reasoning.encrypted_content' as const],
        }
      : {}),
  }
}

function stream(sdk: OpenAI, params: ResponseCreateParamsNonStreaming): Promise<OpenaiResponse> {
  return sdk.responses.stream({ ...params, stream: true }).finalResponse()
}

function toReply({ output, status, incomplete_details, usage }: OpenaiResponse, wire: WireRecord): Reply {
  const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []))
  const refusal = parts.flatMap((part) => (part.type === 'refusal' ? [part.refusal] : [])).join('')
  return {
    text: parts.map((part) => (part.type === 'output_text' ? part.text : '')).join(''),
    reasoning: output
      .flatMap((item) => (item.type === 'reasoning' ? item.summary.map(({ text }) => text) : []))
      .join(''),
    ...(refusal === '' ? {} : { refusal }),
    calls: output.flatMap((item) =>
      item.type === 'function_call'
        ? [{ id: item.call_id, name: item.name, arguments: parseJson(item.arguments) }]
        : [],
    ),
    finish: incomplete_details?.reason ?? status ?? '',
    usage: {
      input: usage?.input_tokens ?? -1,
      output: usage?.output_tokens ?? -1,
      cacheRead: usage?.input_tokens_details.cached_tokens ?? -1,
      reasoning: usage?.output_tokens_details.reasoning_tokens ?? -1,
    },
    wire: wire.last(),
  }
}
