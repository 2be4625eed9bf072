import {
  readNumber,
  readObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../../src/kit/json.ts'
import { namedFrame, type Counts, type Refusal, type Said, type WireFormat } from './wire-format.ts'

const RESPONSE = { id: 'resp_1', object: 'response', created_at: 1_764_000_000, model: 'm' } as const
const ITEM = 'msg_1'
const PLACE = { item_id: ITEM, output_index: 0, content_index: 0 } as const

/** Responses of OpenAI (https://platform.openai.com/docs/api-reference/responses). */
export const openaiResponsesWire: WireFormat = {
  path: () => '/v1/responses',
  body: ({ model, mode, text, maxTokens }) => ({
    model,
    input: [{ role: 'user', content: text }],
    max_output_tokens: maxTokens,
    ...(mode === 'stream' ? { stream: true } : {}),
  }),
  readWhole: readResponse,
  readFrame(event) {
    const response = readObject(event, 'response') ?? {}
    switch (readString(event, 'type') ?? '') {
      case 'response.output_text.delta':
        return { text: readString(event, 'delta') }
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        return { ...readResponse(response), text: undefined }
      default:
        // Behind it stands the response that failed, which is the end.
        return { error: readObject(event, 'error') }
    }
  },
  stopped: 'completed',

  basePath: '/v1',
  providerType: 'openai',
  readCall: (path, body) =>
    path.endsWith('/responses')
      ? { model: readString(body, 'model') ?? '', mode: body['stream'] === true ? 'stream' : 'unary' }
      : undefined,
  whole: (text, used) => ({ ...usageOf(used), ...responseOf('completed', [itemOf(text)]) }),
  stream(words, used) {
    const text = words.join('')
    const part = partOf(text)
    const item = itemOf(text)
    const completed = { ...responseOf('completed', [item]), ...usageOf(used) }
    return numbered({
      start: [
        { type: 'response.created', response: responseOf('in_progress') },
        { type: 'response.in_progress', response: responseOf('in_progress') },
        { type: 'response.output_item.added', output_index: 0, item: { ...itemOf(), status: 'in_progress' } },
        { type: 'response.content_part.added', ...PLACE, part: partOf('') },
      ],
      words: words.map((delta) => ({ type: 'response.output_text.delta', ...PLACE, delta, logprobs: [] })),
      finish: [
        { type: 'response.output_text.done', ...PLACE, text, logprobs: [] },
        { type: 'response.content_part.done', ...PLACE, part },
        { type: 'response.output_item.done', output_index: 0, item },
        { type: 'response.completed', response: completed },
      ],
    })
  },
  ping: namedFrame({ type: 'keepalive', sequence_number: 0 }),
  error: (refusal, used) => ({ error: errorOf(refusal), ...usageOf(used) }),
  errorFrame: (refusal, used) => {
    const { code, message } = errorOf(refusal)
    const response = {
      ...responseOf('failed'),
      error: { code: code ?? 'server_error', message },
      ...usageOf(used),
    }
    return namedFrame({ type: 'response.failed', sequence_number: 0, response })
  },
  errorsTellUsage: true,
}

function readResponse(body: JsonObject): Said {
  const usage = readObject(body, 'usage') ?? {}
  const parts = readObjects(body, 'output').flatMap((item) => readObjects(item, 'content'))
  const error = readObject(body, 'error')
  const finish = error === undefined ? readString(body, 'status') : undefined
  return {
    text: parts.map((part) => readString(part, 'text') ?? '').join(''),
    finish,
    error,
    input: readNumber(usage, 'input_tokens'),
    output: readNumber(usage, 'output_tokens'),
    isEnd: error !== undefined || finish !== undefined,
  }
}

interface Events {
  readonly start: readonly Event[]
  readonly words: readonly Event[]
  readonly finish: readonly Event[]
}
type Event = JsonObject & { readonly type: string }

/** Every event has the number of its place. The last of them holds the whole answer, and no mark stands behind it. */
function numbered({ start, words, finish }: Events) {
  const frames = [...start, ...words, ...finish].map((event, index) =>
    namedFrame({ ...event, sequence_number: index }),
  )
  const wordsEnd = start.length + words.length
  return {
    start: frames.slice(0, start.length),
    words: frames.slice(start.length, wordsEnd),
    finish: frames.slice(wordsEnd),
    end: '',
  }
}

function responseOf(status: string, output: readonly Json[] = []): JsonObject {
  return { ...RESPONSE, status, error: null, incomplete_details: null, output }
}

function itemOf(text?: string): JsonObject {
  const content = text === undefined ? [] : [partOf(text)]
  return { id: ITEM, type: 'message', role: 'assistant', status: 'completed', content }
}

function partOf(text: string): JsonObject {
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}

function usageOf(used: Counts | undefined): JsonObject {
  if (used === undefined) return {}
  return {
    usage: {
      input_tokens: used.input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: used.output,
      output_tokens_details: { reasoning_tokens: 0 },
    },
  }
}

function errorOf({ message, type = 'invalid_request_error', code }: Refusal) {
  return { message, type, param: null, code: code ?? null }
}
