import { readString, type JsonObject } from '../../src/kit/json.ts'

/** An answer of the Messages API as a stream and as a unary body. Invented, in the shapes that the API is known to send. */
export interface MessagesRecording {
  readonly name: string
  readonly frames: readonly JsonObject[]
  readonly body: JsonObject
}

/** The frames as wire text. Every third frame is padded with spaces inside the object, as the API does against traffic analysis. */
export function toWire(frames: readonly JsonObject[]): string {
  return frames
    .map((frame, index) => {
      const text = JSON.stringify(frame)
      const padded = index % 3 === 2 ? `${text.slice(0, -1)}${' '.repeat(index % 13)}}` : text
      return `event: ${readString(frame, 'type') ?? ''}\ndata: ${padded}\n\n`
    })
    .join('')
}

const head = (usage: JsonObject): JsonObject => ({
  id: 'msg_01Recording',
  type: 'message',
  role: 'assistant',
  model: 'claude-recorded',
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage,
})

const start = (usage: JsonObject): JsonObject => ({ type: 'message_start', message: head(usage) })
const open = (index: number, content_block: JsonObject): JsonObject => ({
  type: 'content_block_start',
  index,
  content_block,
})
const delta = (index: number, change: JsonObject): JsonObject => ({
  type: 'content_block_delta',
  index,
  delta: change,
})
const stop = (index: number): JsonObject => ({ type: 'content_block_stop', index })
const finish = (change: JsonObject, usage: JsonObject): JsonObject => ({
  type: 'message_delta',
  delta: { stop_sequence: null, ...change },
  usage,
})
const END: JsonObject = { type: 'message_stop' }
const PING: JsonObject = { type: 'ping' }

const body = (content: readonly JsonObject[], ending: JsonObject, usage: JsonObject): JsonObject => ({
  ...head(usage),
  content,
  ...ending,
})

const TEXT: MessagesRecording = {
  name: 'text in several scripts',
  frames: [
    start({ input_tokens: 12, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 }),
    open(0, { type: 'text', text: '' }),
    PING,
    delta(0, { type: 'text_delta', text: 'Héllo 日本' }),
    delta(0, { type: 'text_delta', text: '語 👩‍👩‍👧 a\u2028b\u0085c "data: x"' }),
    stop(0),
    finish({ stop_reason: 'end_turn' }, { output_tokens: 30 }),
    END,
  ],
  body: body(
    [{ type: 'text', text: 'Héllo 日本語 👩‍👩‍👧 a\u2028b\u0085c "data: x"' }],
    { stop_reason: 'end_turn' },
    { input_tokens: 12, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 30 },
  ),
}

const CACHED = {
  input_tokens: 2,
  cache_creation_input_tokens: 700,
  cache_read_input_tokens: 1,
  cache_creation: { ephemeral_5m_input_tokens: 300, ephemeral_1h_input_tokens: 400 },
  service_tier: 'standard',
} as const

export const THINKING_AND_CALL: MessagesRecording = {
  name: 'thinking, text and a call',
  frames: [
    start({ ...CACHED, output_tokens: 2 }),
    open(0, { type: 'thinking', thinking: '', signature: '' }),
    delta(0, { type: 'thinking_delta', thinking: 'h' }),
    delta(0, { type: 'thinking_delta', thinking: 'm' }),
    delta(0, { type: 'signature_delta', signature: 'EsgDCkYIBxgCKkD+/IY0k==' }),
    stop(0),
    open(1, { type: 'redacted_thinking', data: 'b3BhcXVl' }),
    stop(1),
    open(2, { type: 'text', text: '' }),
    delta(2, { type: 'text_delta', text: 'hi' }),
    stop(2),
    open(3, { type: 'tool_use', id: 'toolu_01', name: 'f', input: {}, caller: { type: 'direct' } }),
    delta(3, { type: 'input_json_delta', partial_json: '' }),
    delta(3, { type: 'input_json_delta', partial_json: '{"a":' }),
    delta(3, { type: 'input_json_delta', partial_json: '1}' }),
    stop(3),
    finish(
      { stop_reason: 'tool_use' },
      {
        input_tokens: 2,
        cache_creation_input_tokens: 700,
        cache_read_input_tokens: 1,
        output_tokens: 40,
        output_tokens_details: { thinking_tokens: 15 },
      },
    ),
    END,
  ],
  body: body(
    [
      { type: 'thinking', thinking: 'hm', signature: 'EsgDCkYIBxgCKkD+/IY0k==' },
      { type: 'redacted_thinking', data: 'b3BhcXVl' },
      { type: 'text', text: 'hi' },
      { type: 'tool_use', id: 'toolu_01', name: 'f', input: { a: 1 }, caller: { type: 'direct' } },
    ],
    { stop_reason: 'tool_use' },
    { ...CACHED, output_tokens: 40, output_tokens_details: { thinking_tokens: 15 } },
  ),
}

const NO_ARGUMENTS: MessagesRecording = {
  name: 'a call without arguments',
  frames: [
    start({ input_tokens: 5, output_tokens: 1 }),
    open(0, { type: 'tool_use', id: 'toolu_02', name: 'now', input: {} }),
    delta(0, { type: 'input_json_delta', partial_json: '' }),
    stop(0),
    finish({ stop_reason: 'tool_use' }, { output_tokens: 9 }),
    END,
  ],
  body: body(
    [{ type: 'tool_use', id: 'toolu_02', name: 'now', input: {} }],
    { stop_reason: 'tool_use' },
    { input_tokens: 5, output_tokens: 9 },
  ),
}

const CITATION = {
  type: 'char_location',
  cited_text: 'The sky is blue.',
  document_index: 0,
  document_title: 'Skies',
  start_char_index: 0,
  end_char_index: 16,
} as const

const SEARCH_RESULT = {
  type: 'web_search_tool_result',
  tool_use_id: 'srvtoolu_1',
  content: [
    { type: 'web_search_result', url: 'https://example.com', title: 'Example', encrypted_content: 'x' },
  ],
} as const

const HOSTED_SEARCH: MessagesRecording = {
  name: 'a hosted search with citations',
  frames: [
    start({ input_tokens: 8, output_tokens: 1 }),
    open(0, { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} }),
    delta(0, { type: 'input_json_delta', partial_json: '{"query":' }),
    delta(0, { type: 'input_json_delta', partial_json: '"sky"}' }),
    stop(0),
    open(1, SEARCH_RESULT),
    stop(1),
    open(2, { type: 'text', text: '', citations: [] }),
    delta(2, { type: 'citations_delta', citation: CITATION }),
    delta(2, { type: 'text_delta', text: 'Blue.' }),
    stop(2),
    finish(
      { stop_reason: 'pause_turn', container: { id: 'container_1', expires_at: '2026-11-20T00:00:00Z' } },
      {
        input_tokens: 90,
        output_tokens: 20,
        server_tool_use: { web_search_requests: 2, web_fetch_requests: 0 },
      },
    ),
    END,
  ],
  body: body(
    [
      { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'sky' } },
      SEARCH_RESULT,
      { type: 'text', text: 'Blue.', citations: [CITATION] },
    ],
    { stop_reason: 'pause_turn', container: { id: 'container_1', expires_at: '2026-11-20T00:00:00Z' } },
    {
      input_tokens: 90,
      output_tokens: 20,
      server_tool_use: { web_search_requests: 2, web_fetch_requests: 0 },
    },
  ),
}

const REFUSAL = {
  stop_reason: 'refusal',
  stop_details: { type: 'refusal', category: 'cyber', explanation: 'This was blocked.' },
} as const

const REFUSED: MessagesRecording = {
  name: 'a refusal without content',
  frames: [
    start({ input_tokens: 18, output_tokens: 1 }),
    PING,
    finish(REFUSAL, { input_tokens: 18, output_tokens: 5 }),
    END,
  ],
  body: body([], REFUSAL, { input_tokens: 18, output_tokens: 5 }),
}

const ITERATIONS = [
  { type: 'compaction', input_tokens: 60_000, output_tokens: 522, cache_read_input_tokens: 385 },
  { type: 'message', input_tokens: 612, output_tokens: 2_819 },
] as const

const COMPACTED: MessagesRecording = {
  name: 'a compaction with hidden tokens',
  frames: [
    start({ input_tokens: 60_385, output_tokens: 5 }),
    open(0, { type: 'compaction', content: null }),
    delta(0, { type: 'compaction_delta', content: 'Summary.' }),
    stop(0),
    open(1, { type: 'text', text: '' }),
    delta(1, { type: 'text_delta', text: 'Done.' }),
    stop(1),
    finish(
      { stop_reason: 'stop_sequence', stop_sequence: 'END' },
      { input_tokens: 612, output_tokens: 2_819, iterations: ITERATIONS },
    ),
    END,
  ],
  body: body(
    [
      { type: 'compaction', content: 'Summary.' },
      { type: 'text', text: 'Done.' },
    ],
    { stop_reason: 'stop_sequence', stop_sequence: 'END' },
    { input_tokens: 612, output_tokens: 2_819, iterations: ITERATIONS },
  ),
}

export const RECORDINGS: readonly MessagesRecording[] = [
  TEXT,
  THINKING_AND_CALL,
  NO_ARGUMENTS,
  HOSTED_SEARCH,
  REFUSED,
  COMPACTED,
]
