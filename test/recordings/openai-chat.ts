import type { Quirks } from '../../src/exchange/target.ts'
import type { JsonObject } from '../../src/kit/json.ts'

/*
 * Answers as providers of this dialect give them, written by hand after what really comes over the wire: the stream and
 * the unary answer of each pair say the same.
 */

export interface GoldenAnswer {
  readonly name: string
  readonly quirks: Quirks
  /** The stream, framing included. */
  readonly stream: string
  readonly body: JsonObject
}

const HEAD = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_767_225_600, model: 'model-1' }
const BODY = { ...HEAD, object: 'chat.completion' }

/** A stream of chunks, ended by `[DONE]`. */
export function toStream(chunks: readonly JsonObject[]): string {
  return `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`
}

const delta = (fields: JsonObject, finish: string | null = null): JsonObject => ({
  ...HEAD,
  choices: [{ index: 0, delta: fields, logprobs: null, finish_reason: finish }],
})

const whole = (message: JsonObject, finish: string, usage: JsonObject): JsonObject => ({
  ...BODY,
  choices: [{ index: 0, message: { role: 'assistant', ...message }, logprobs: null, finish_reason: finish }],
  usage,
})

const PLAIN_USAGE = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 }

export const GOLDEN_ANSWERS: readonly GoldenAnswer[] = [
  {
    name: 'plain text in many scripts',
    quirks: {},
    stream: toStream([
      { ...delta({ role: 'assistant', content: '', refusal: null }), usage: null },
      { ...delta({ content: 'Grüße, 日本語 ' }), usage: null },
      { ...delta({ content: '👩‍👩‍👧\u2028\u0085"usage":{ [DONE]' }), usage: null },
      { ...delta({}, 'stop'), usage: null },
      { ...HEAD, choices: [], usage: PLAIN_USAGE },
    ]),
    body: whole(
      { content: 'Grüße, 日本語 👩‍👩‍👧\u2028\u0085"usage":{ [DONE]', refusal: null },
      'stop',
      PLAIN_USAGE,
    ),
  },
  {
    name: 'reasoning, text and two interleaved calls',
    quirks: {},
    stream: toStream([
      delta({ role: 'assistant', content: null, reasoning_content: '' }),
      delta({ reasoning_content: 'Let me ' }),
      delta({ reasoning_content: 'look.' }),
      delta({ content: 'Looking.' }),
      delta({
        tool_calls: [
          { index: 0, id: 'call_a', type: 'function', function: { name: 'weather', arguments: '' } },
        ],
      }),
      delta({
        tool_calls: [
          { index: 1, id: 'call_b', type: 'function', function: { name: 'time', arguments: '{"z' } },
        ],
      }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
      delta({ tool_calls: [{ index: 1, function: { arguments: 'one":1.0}' } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '"Bern"}' } }] }),
      {
        ...delta({ content: '' }, 'tool_calls'),
        usage: { ...PLAIN_USAGE, completion_tokens_details: { reasoning_tokens: 3 } },
      },
    ]),
    body: whole(
      {
        content: 'Looking.',
        reasoning_content: 'Let me look.',
        tool_calls: [
          { id: 'call_a', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } },
          { id: 'call_b', type: 'function', function: { name: 'time', arguments: '{"zone":1.0}' } },
        ],
      },
      'tool_calls',
      { ...PLAIN_USAGE, completion_tokens_details: { reasoning_tokens: 3 } },
    ),
  },
  {
    name: 'thoughts in the text, between tags, and a call',
    quirks: { thinkTags: true },
    stream: toStream([
      delta({ role: 'assistant', content: '' }),
      delta({ content: '\n' }),
      delta({ content: '<thi' }),
      delta({ content: 'nk>\nIs 1 <2? ' }),
      delta({ content: 'It is.<' }),
      delta({ content: '/think>' }),
      delta({ content: '\n\n' }),
      delta({ content: 'Yes: 1 <' }),
      delta({ content: ' 2, see <think>' }),
      delta({
        tool_calls: [
          { index: 0, id: 'call_a', type: 'function', function: { name: 'less', arguments: '{}' } },
        ],
      }),
      delta({}, 'tool_calls'),
      { ...HEAD, choices: [], usage: PLAIN_USAGE },
    ]),
    body: whole(
      {
        content: '\n<think>\nIs 1 <2? It is.</think>\n\nYes: 1 < 2, see <think>',
        tool_calls: [{ id: 'call_a', type: 'function', function: { name: 'less', arguments: '{}' } }],
      },
      'tool_calls',
      PLAIN_USAGE,
    ),
  },
  {
    name: 'content arrays with thinking, no type and no index on calls, a name on the first delta only',
    quirks: {},
    stream: toStream([
      delta({
        role: 'assistant',
        content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'two and two' }] }],
      }),
      delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: ' is four' }] }] }),
      delta({ content: [{ type: 'text', text: 'Four' }] }),
      delta({ tool_calls: [{ id: 'abcDEF123', function: { name: 'add', arguments: '{"a":' } }] }),
      delta({ tool_calls: [{ id: '', function: { name: '', arguments: '2}' } }] }),
      { ...delta({ content: '' }, 'tool_calls'), usage: PLAIN_USAGE },
    ]),
    body: whole(
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'two and two is four' }] },
          { type: 'text', text: 'Four' },
        ],
        tool_calls: [{ id: 'abcDEF123', function: { name: 'add', arguments: '{"a":2}' } }],
      },
      'tool_calls',
      PLAIN_USAGE,
    ),
  },
  {
    name: 'whole calls in one chunk, all of index 0, arguments as objects, a stop that means calls',
    quirks: {},
    stream: toStream([
      delta({
        role: 'assistant',
        tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: { a: 1 } } }],
      }),
      delta({
        tool_calls: [{ index: 0, id: 'c2', type: 'function', function: { name: 'g', arguments: '{}' } }],
      }),
      { ...delta({}, 'stop'), x_groq: { usage: PLAIN_USAGE } },
    ]),
    body: whole(
      {
        content: null,
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'f', arguments: { a: 1 } } },
          { id: 'c2', type: 'function', function: { name: 'g', arguments: '{}' } },
        ],
      },
      'stop',
      PLAIN_USAGE,
    ),
  },
  {
    name: 'text and a call in the same delta, comments in between',
    quirks: {},
    stream: `: PROCESSING\n\n${toStream([
      delta({
        role: 'assistant',
        content: 'init:',
        tool_calls: [{ index: 0, id: 't1', type: 'function', function: { name: 'Bash', arguments: '' } }],
      }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '{"c":"ls"}' } }] }),
      { ...delta({}, 'tool_calls'), usage: PLAIN_USAGE },
    ])}`,
    body: whole(
      {
        content: 'init:',
        tool_calls: [{ id: 't1', type: 'function', function: { name: 'Bash', arguments: '{"c":"ls"}' } }],
      },
      'tool_calls',
      PLAIN_USAGE,
    ),
  },
  {
    name: 'signed reasoning in details, then hidden reasoning',
    quirks: {},
    stream: toStream([
      delta({
        role: 'assistant',
        content: '',
        reasoning: 'Hm',
        reasoning_details: [{ type: 'reasoning.text', text: 'Hm', index: 0, format: 'x' }],
      }),
      delta({
        content: '',
        reasoning_details: [{ type: 'reasoning.text', signature: 'sig', index: 0, format: 'x' }],
      }),
      delta({
        content: '',
        reasoning_details: [{ type: 'reasoning.encrypted', data: 'gAAA', index: 1, format: 'x', id: 'rs_1' }],
      }),
      delta({ content: 'hi' }),
      { ...delta({}, 'stop'), usage: PLAIN_USAGE },
    ]),
    body: whole(
      {
        content: 'hi',
        reasoning: 'Hm',
        reasoning_details: [
          { type: 'reasoning.text', text: 'Hm', signature: 'sig', index: 0, format: 'x' },
          { type: 'reasoning.encrypted', data: 'gAAA', index: 1, format: 'x', id: 'rs_1' },
        ],
      },
      'stop',
      PLAIN_USAGE,
    ),
  },
  {
    name: 'usage beside the first choice, an empty first chunk, no index, no role, empty calls',
    quirks: {},
    stream: toStream([
      { id: '', object: '', created: 0, model: '', choices: [], prompt_filter_results: [] },
      { ...HEAD, prompt_filter_results: [], choices: [{ delta: { content: 'hi', tool_calls: [] } }] },
      { ...HEAD, choices: [{ delta: {}, finish_reason: 'length', usage: PLAIN_USAGE }] },
    ]),
    body: { ...whole({ content: 'hi', tool_calls: [] }, 'length', PLAIN_USAGE), prompt_filter_results: [] },
  },
  {
    name: 'two choices, a refusal, and CRLF line ends',
    quirks: {},
    stream: toStream([
      { ...HEAD, choices: [{ index: 0, delta: { role: 'assistant', content: 'yes' }, finish_reason: null }] },
      {
        ...HEAD,
        choices: [{ index: 1, delta: { role: 'assistant', refusal: 'I cannot.' }, finish_reason: null }],
      },
      { ...HEAD, choices: [{ index: 1, delta: {}, finish_reason: 'stop' }] },
      { ...HEAD, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
      { ...HEAD, choices: [], usage: PLAIN_USAGE },
    ]).replaceAll('\n', '\r\n'),
    body: {
      ...BODY,
      choices: [
        { index: 0, message: { role: 'assistant', content: 'yes', refusal: null }, finish_reason: 'stop' },
        {
          index: 1,
          message: { role: 'assistant', content: null, refusal: 'I cannot.' },
          finish_reason: 'stop',
        },
      ],
      usage: PLAIN_USAGE,
    },
  },
  {
    name: 'citations, an image and reasoning outside the reported output',
    quirks: { reasoningTokens: 'outside' },
    stream: toStream([
      delta({ role: 'assistant', content: 'See there.' }),
      delta({
        annotations: [
          {
            type: 'url_citation',
            url_citation: { start_index: 0, end_index: 3, title: 'A', url: 'https://a.example' },
          },
        ],
      }),
      delta({ images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] }),
      { ...delta({}, 'stop'), usage: { ...PLAIN_USAGE, completion_tokens_details: { reasoning_tokens: 5 } } },
    ]),
    body: whole(
      {
        content: 'See there.',
        annotations: [
          {
            type: 'url_citation',
            url_citation: { start_index: 0, end_index: 3, title: 'A', url: 'https://a.example' },
          },
        ],
        images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }],
      },
      'stop',
      { ...PLAIN_USAGE, completion_tokens_details: { reasoning_tokens: 5 } },
    ),
  },
  {
    name: 'a search engine with cumulative usage and listed sources',
    quirks: {},
    stream: toStream([
      {
        ...delta({ role: 'assistant', content: 'It ' }),
        usage: { prompt_tokens: 11, completion_tokens: 1 },
        citations: ['https://a.example'],
      },
      {
        ...delta({ role: 'assistant', content: 'rains.' }),
        usage: PLAIN_USAGE,
        citations: ['https://a.example'],
      },
      {
        ...delta({ role: 'assistant', content: '' }, 'stop'),
        object: 'chat.completion.done',
        usage: PLAIN_USAGE,
        citations: ['https://a.example'],
      },
    ]),
    body: { ...whole({ content: 'It rains.' }, 'stop', PLAIN_USAGE), citations: ['https://a.example'] },
  },
]
