import { readNumber, readObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { namedFrame, type Counts, type Refusal, type Said, type WireFormat } from './wire-format.ts'

const MESSAGE = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm' } as const

/** Messages of Anthropic (https://docs.anthropic.com/en/api/messages). */
export const anthropicMessagesWire: WireFormat = {
  path: () => '/v1/messages',
  body: ({ model, mode, text, maxTokens }) => ({
    model,
    messages: [{ role: 'user', content: text }],
    max_tokens: maxTokens,
    ...(mode === 'stream' ? { stream: true } : {}),
  }),
  readWhole(body) {
    const text = readObjects(body, 'content').map((block) => readString(block, 'text') ?? '')
    const finish = readString(body, 'stop_reason')
    const error = readObject(body, 'error')
    return {
      text: text.join(''),
      finish,
      error,
      ...readUsage(readObject(body, 'usage')),
      isEnd: error !== undefined || finish !== undefined,
    }
  },
  readFrame(event) {
    const delta = readObject(event, 'delta') ?? {}
    const usage = readObject(event, 'usage') ?? readObject(readObject(event, 'message') ?? {}, 'usage')
    const error = readObject(event, 'error')
    return {
      text: readString(delta, 'text'),
      finish: readString(delta, 'stop_reason'),
      error,
      ...readUsage(usage),
      isEnd: error !== undefined || event['type'] === 'message_stop',
    }
  },
  stopped: 'end_turn',

  basePath: '/v1',
  providerType: 'anthropic',
  readCall: (path, body) =>
    path.endsWith('/messages')
      ? { model: readString(body, 'model') ?? '', mode: body['stream'] === true ? 'stream' : 'unary' }
      : undefined,
  whole: (text, used) => ({
    ...usageOf(used),
    ...MESSAGE,
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
  }),
  stream: (words, used) => ({
    start: [
      namedFrame({
        type: 'message_start',
        message: {
          ...MESSAGE,
          content: [],
          stop_reason: null,
          ...usageOf(used === undefined ? undefined : { ...used, output: 0 }),
        },
      }),
      namedFrame({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ],
    words: words.map((text) =>
      namedFrame({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    ),
    finish: [
      namedFrame({ type: 'content_block_stop', index: 0 }),
      namedFrame({
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        ...usageOf(used),
      }),
    ],
    end: namedFrame({ type: 'message_stop' }),
  }),
  progress: (used) => namedFrame({ type: 'message_delta', delta: {}, ...usageOf(used) }),
  ping: namedFrame({ type: 'ping' }),
  error: errorOf,
  errorFrame: (refusal, used) => namedFrame(errorOf(refusal, used)),
  errorsTellUsage: true,
}

/** What was read from a cache, or written to one, stands beside the input. */
function readUsage(usage: JsonObject | undefined): Pick<Said, 'input' | 'output'> {
  if (usage === undefined) return {}
  const input = readNumber(usage, 'input_tokens')
  const cached = ['cache_read_input_tokens', 'cache_creation_input_tokens']
    .map((name) => readNumber(usage, name) ?? 0)
    .reduce((sum, count) => sum + count)
  return {
    input: input === undefined ? undefined : input + cached,
    output: readNumber(usage, 'output_tokens'),
  }
}

function usageOf(used: Counts | undefined): JsonObject {
  if (used === undefined) return {}
  return { usage: { input_tokens: used.input, output_tokens: used.output } }
}

function errorOf(
  { message, type = 'invalid_request_error' }: Refusal,
  used?: Counts,
): JsonObject & { readonly type: 'error' } {
  return { type: 'error', error: { type, message }, ...usageOf(used) }
}
