import {
  readNumber,
  readObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../../src/kit/json.ts'
import { dataFrame, type Counts, type Refusal, type Said, type WireFormat } from './wire-format.ts'

const ANSWER = { id: 'c1', created: 1_764_000_000, model: 'm' } as const
const END = 'data: [DONE]\n\n'

/** Chat completions of OpenAI (https://platform.openai.com/docs/api-reference/chat). */
export const openaiChatWire: WireFormat = {
  path: () => '/v1/chat/completions',
  body: ({ model, mode, text, maxTokens }) => ({
    model,
    messages: [{ role: 'user', content: text }],
    max_tokens: maxTokens,
    ...(mode === 'stream' ? { stream: true, stream_options: { include_usage: true } } : {}),
  }),
  readWhole: (body) => read(body, 'message'),
  readFrame: (frame) => read(frame, 'delta'),
  lastWord: '[DONE]',
  stopped: 'stop',

  basePath: '/v1',
  providerType: 'openai',
  readCall: (path, body) =>
    path.endsWith('/chat/completions')
      ? { model: readString(body, 'model') ?? '', mode: body['stream'] === true ? 'stream' : 'unary' }
      : undefined,
  whole: (text, used) => ({
    ...usageOf(used),
    ...ANSWER,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
  }),
  stream: (words, used) => ({
    start: [chunk({ role: 'assistant', content: '' })],
    words: words.map((content) => chunk({ content })),
    finish: [chunk({}, 'stop'), ...(used === undefined ? [] : [ofChoices([], usageOf(used))])],
    end: END,
  }),
  progress: (used) => ofChoices([choiceOf({})], usageOf(used)),
  ping: ': still here\n\n',
  error: errorOf,
  errorFrame: (refusal, used) => dataFrame(errorOf(refusal, used)),
  errorsTellUsage: true,
}

function read(body: JsonObject, saidIn: 'message' | 'delta'): Said {
  const choice = readObjects(body, 'choices')[0] ?? {}
  const usage = readObject(body, 'usage') ?? {}
  const error = readObject(body, 'error')
  const finish = readString(choice, 'finish_reason')
  return {
    text: readString(readObject(choice, saidIn) ?? {}, 'content'),
    finish,
    error,
    input: readNumber(usage, 'prompt_tokens'),
    output: readNumber(usage, 'completion_tokens'),
    isEnd: error !== undefined || (saidIn === 'message' && finish !== undefined),
  }
}

function ofChoices(choices: readonly Json[], more: JsonObject = {}): string {
  return dataFrame({ ...ANSWER, object: 'chat.completion.chunk', choices, ...more })
}

function chunk(delta: JsonObject, finish: string | null = null): string {
  return ofChoices([choiceOf(delta, finish)])
}

function choiceOf(delta: JsonObject, finish: string | null = null): JsonObject {
  return { index: 0, delta, finish_reason: finish }
}

function usageOf(used: Counts | undefined): JsonObject {
  if (used === undefined) return {}
  return { usage: { prompt_tokens: used.input, completion_tokens: used.output } }
}

function errorOf({ message, type = 'invalid_request_error', code }: Refusal, used?: Counts): JsonObject {
  return { error: { message, type, param: null, code: code ?? null }, ...usageOf(used) }
}
