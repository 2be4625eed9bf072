import { isChatEvent } from '../exchange/is-chat-event.fixture.ts'
import { afterAll, describe, expect, test } from 'bun:test'
import { sampleCaller } from '../exchange/caller.fixture.ts'
import { systemClock } from '../kit/clock.ts'
import { createHttpClient } from '../kit/http-client.ts'
import { parseJson, type JsonObject } from '../kit/json.ts'
import { Secret } from '../kit/secret.ts'
import { anthropicMessages } from '../dialects/anthropic-messages/anthropic-messages.ts'
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts'
import type { Codec, Dialect } from '../dialects/dialect.ts'
import { collect } from '../exchange/collect.ts'
import { sampleEnvelope } from '../exchange/envelope.fixture.ts'
import type { Attempt } from '../exchange/exchange.ts'
import type { ResponseEvent } from '../exchange/event.ts'
import { NoticeList, type Notice } from '../exchange/notice.ts'
import { Trail } from '../exchange/trail.ts'
import type { Failure } from '../exchange/failure.ts'
import type { Operation } from '../exchange/operations/all.ts'
import type { ModelResponse, ResponseChunk } from '../exchange/response.ts'
import type { Quirks, Target } from '../exchange/target.ts'
import { SILENT } from '../telemetry/silent-telemetry.fixture.ts'
import { simulated } from './simulated.ts'
import { resolveTarget } from './resolve-target.ts'
import { createSender } from './send.ts'
import { scanJson } from '../kit/json-scan.ts'

const DIALECTS: ReadonlyMap<string, Dialect> = new Map(
  [anthropicMessages, openaiChat].map((dialect) => [dialect.name, dialect]),
)
const encoder = new TextEncoder()

interface Seen {
  readonly path: string
  readonly headers: Headers
  readonly body: string
}

/** A provider that answers as told; an answer without a body is the last one again. */
let answer: { readonly status?: number; readonly type: string; readonly body: string } = {
  type: '',
  body: '',
}
let seen: Seen | undefined
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  async fetch(request) {
    seen = { path: new URL(request.url).pathname, headers: request.headers, body: await request.text() }
    return new Response(answer.body, {
      status: answer.status ?? 200,
      headers: { 'content-type': answer.type },
    })
  },
})
const http = createHttpClient({ clock: systemClock })
afterAll(() => {
  http.close()
  void server.stop(true)
})
const sender = createSender({
  dialects: DIALECTS,
  http,
  clock: systemClock,
  telemetry: SILENT,
  version: '1.0.0',
})

/** A target that speaks only the named dialect. */
function targetOf(dialect: string, { quirks, port }: { quirks: Quirks; port: number | undefined }): Target {
  return resolveTarget({
    definition: { ...simulated, offers: simulated.offers.filter((offer) => offer.dialect === dialect) },
    providerName: 'sim',
    quirks,
    model: 'smart',
    settings: { port: String(port) },
    credentials: [{ id: 'sim/default', secret: new Secret('sk-ours'), weight: 1 }],
    dialects: DIALECTS,
  })
}

interface Asked {
  readonly client: Dialect
  readonly speaks: string
  readonly body: JsonObject
  readonly operation?: Operation
  readonly notices?: NoticeList
  /** Where the provider is said to be. */
  readonly port?: number
  readonly quirks?: Quirks
}

function ask({
  client,
  speaks,
  body,
  operation = 'chat',
  notices = new NoticeList(),
  port = server.port,
  quirks = {},
}: Asked): Promise<ModelResponse> {
  const codec: Codec | undefined = client.codecs[operation]
  const [endpoint] = codec?.endpoints ?? []
  if (codec === undefined || endpoint === undefined) throw new Error('no codec')
  const bytes = encoder.encode(JSON.stringify(body))
  const json = { form: 'json', bytes, json: body, scan: scanJson(bytes) } as const
  const head = { endpoint, params: {}, query: undefined, headers: new Headers() }
  const { request } = codec.decodeRequest(json, head)
  const target = targetOf(speaks, { quirks, port })
  const [credential] = target.credentials
  if (credential === undefined) throw new Error('no credential')
  const deadlineAtMs = Date.now() + 60_000
  const { signal } = new AbortController()
  const attempt: Attempt = {
    id: 'att_1',
    ordinal: 1,
    exchange: {
      id: 'req_1',
      dialect: client.name,
      request,
      raw: {
        form: 'json',
        bytes: encoder.encode(JSON.stringify(body)),
        scan: scanJson(encoder.encode(JSON.stringify(body))),
        says: request,
      },
      envelope: sampleEnvelope(),
      requestOptions: {},
      caller: sampleCaller(),
      startedAtMs: Date.now(),
      startedElapsedMs: 0,
      deadlineAtMs,
      signal,
      trail: new Trail(),
      planVersion: '1-test',
    },
    target,
    credential,
    deadlineAtMs,
    signal,
    notices,
    freshConnection: false,
    lastResort: false,
  }
  return sender.send(attempt)
}

const laneOf = ({ from }: ModelResponse): string => (from.kind === 'provider' ? from.lane : from.kind)

async function all(response: ModelResponse): Promise<ResponseChunk[]> {
  const chunks: ResponseChunk[] = []
  for (let chunk = await response.source.next(); chunk !== undefined; chunk = await response.source.next()) {
    chunks.push(chunk)
  }
  return chunks
}

const eventsOf = (chunks: readonly ResponseChunk[]) => chunks.flatMap((chunk) => chunk.events)
const chatEventsOf = (chunks: readonly ResponseChunk[]) => eventsOf(chunks).filter(isChatEvent)
const wireOf = (chunks: readonly ResponseChunk[]): string =>
  chunks.map((chunk) => (chunk.wire === undefined ? '' : new TextDecoder().decode(chunk.wire))).join('')
/** What the bytes leave to the client's dialect. */
const unsaidIn = (chunks: readonly ResponseChunk[]) =>
  chunks.flatMap(({ events, eventsInWire }) => events.slice(eventsInWire))
const textOf = (chunks: readonly ResponseChunk[]): string =>
  collect(chatEventsOf(chunks))
    .choices.flatMap((choice) => choice.blocks)
    .map((block) => (block.type === 'text' ? block.text : ''))
    .join('')

const MESSAGES_STREAM = [
  'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"smart","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":5,"output_tokens":1}}}\n\n',
  'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
  'event: ping\ndata: {"type":"ping"}\n\n',
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}\n\n',
  'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":2}}\n\n',
  'event: message_stop\ndata: {"type":"message_stop"}\n\n',
].join('')
const CHAT_STREAM = [
  'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"smart","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n',
  'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"smart","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}\n\n',
  'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"smart","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
  'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"smart","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}\n\n',
  'data: [DONE]\n\n',
].join('')
const SSE = 'text/event-stream'
const JSON_TYPE = 'application/json'

const MESSAGES_BODY = {
  model: 'auto',
  max_tokens: 100,
  stream: true,
  messages: [{ role: 'user', content: 'Hi' }],
}
const CHAT_BODY = {
  model: 'auto',
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ role: 'user', content: 'Hi' }],
}
const MESSAGES = { client: anthropicMessages, speaks: 'anthropic-messages', body: MESSAGES_BODY }
const CHAT = { client: openaiChat, speaks: 'openai-chat', body: CHAT_BODY }

describe('with the real dialects', () => {
  test.each([
    ['Messages', MESSAGES, MESSAGES_STREAM, '/v1/messages'],
    ['Chat Completions', CHAT, CHAT_STREAM, '/v1/chat/completions'],
  ] as const)('%s to itself passes untouched and is metered', async (_name, asked, stream, path) => {
    answer = { type: SSE, body: stream }
    const response = await ask(asked)
    const chunks = await all(response)
    expect(laneOf(response)).toBe('native')
    expect(wireOf(chunks)).toBe(stream)
    const events = eventsOf(chunks)
    expect(events.at(-1)).toEqual({ type: 'end' })
    expect(events.findLast((event) => event.type === 'usage')?.usage).toMatchObject({
      inputTokens: 5,
      outputTokens: 2,
    })
    expect(seen?.path).toBe(path)
    expect(parseJson(seen?.body ?? '')).toMatchObject({
      model: 'smart',
      messages: [{ role: 'user', content: 'Hi' }],
    })
  })

  test.each([
    ['Messages from Chat Completions', { ...MESSAGES, speaks: 'openai-chat' }, CHAT_STREAM],
    ['Chat Completions from Messages', { ...CHAT, speaks: 'anthropic-messages' }, MESSAGES_STREAM],
  ] as const)('%s is translated', async (_name, asked, stream) => {
    answer = { type: SSE, body: stream }
    const response = await ask(asked)
    const chunks = await all(response)
    expect(laneOf(response)).toBe('translated')
    expect(wireOf(chunks)).toBe('')
    expect(textOf(chunks)).toBe('Hello')
    expect(eventsOf(chunks).at(-1)).toEqual({ type: 'end' })
  })

  test('a request written for a server’s quirks gets its answer untouched, without the usage nobody asked for', async () => {
    answer = { type: SSE, body: CHAT_STREAM }
    const messages = [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ]
    const body = {
      model: 'auto',
      stream: true,
      max_completion_tokens: 50,
      seed: 7,
      vendor_field: 1,
      messages,
    }
    const quirks: Quirks = { developerRole: 'system', maxTokensParam: 'max_tokens' }
    const response = await ask({ ...CHAT, body, quirks })
    const chunks = await all(response)
    expect(laneOf(response)).toBe('native')
    expect(parseJson(seen?.body ?? '')).toMatchObject({
      model: 'smart',
      max_tokens: 50,
      seed: 7,
      vendor_field: 1,
      stream_options: { include_usage: true },
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
    })
    expect(wireOf(chunks)).not.toContain('prompt_tokens')
    expect(wireOf(chunks)).toEndWith('data: [DONE]\n\n')
    expect(eventsOf(chunks).findLast((event) => event.type === 'usage')?.usage).toMatchObject({
      inputTokens: 5,
    })
  })

  test('an end that no bytes say is marked, so that the client can be told of it', async () => {
    answer = { type: SSE, body: CHAT_STREAM.replace('data: [DONE]\n\n', '') }
    const unsaid = await all(await ask(CHAT))
    expect(eventsOf(unsaid).at(-1)).toEqual({ type: 'end' })
    expect(unsaidIn(unsaid)).toEqual([{ type: 'end' }])
    answer = { type: SSE, body: CHAT_STREAM }
    const told = await all(await ask(CHAT))
    expect(unsaidIn(told)).toEqual([])
  })

  test('the credential goes where the dialect wants it, and Messages always names a version', async () => {
    answer = { type: SSE, body: MESSAGES_STREAM }
    await all(await ask(MESSAGES))
    expect(seen?.headers.get('x-api-key')).toBe('sk-ours')
    expect(seen?.headers.get('authorization')).toBeNull()
    expect(seen?.headers.get('anthropic-version')).toBe('2023-06-01')
    answer = { type: SSE, body: CHAT_STREAM }
    await all(await ask(CHAT))
    expect(seen?.headers.get('authorization')).toBe('Bearer sk-ours')
    expect(seen?.headers.get('x-api-key')).toBeNull()
  })

  test.each([
    ['Messages', MESSAGES, MESSAGES_STREAM],
    ['Chat Completions', CHAT, CHAT_STREAM],
  ] as const)(
    '%s that breaks off anywhere before its end is never complete',
    async (_name, asked, stream) => {
      const frames = stream.split('\n\n').slice(0, -1)
      const contentEnd = frames.findIndex((frame) => frame.includes('Hello'))
      for (let kept = 0; kept <= contentEnd; kept += 1) {
        const whole = frames.slice(0, kept).map((frame) => `${frame}\n\n`)
        answer = { type: SSE, body: `${whole.join('')}${(frames[kept] ?? '').slice(0, 20)}` }
        const last = eventsOf(await all(await ask(asked))).at(-1)
        expect(last).toMatchObject({ type: 'failure' })
      }
    },
  )

  test.each([
    [
      'Messages',
      MESSAGES,
      '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
      '{"id":"msg_1","type":"message","role":"assistant","model":"smart","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":5,"output_tokens":2}}',
    ],
    [
      'Chat Completions',
      CHAT,
      '{"error":{"message":"Overloaded","type":"server_error"}}',
      '{"id":"c1","object":"chat.completion","created":1,"model":"smart","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}',
    ],
  ] as const)(
    '%s in JSON where a stream was asked for is read for what it is',
    async (_name, asked, error, whole) => {
      answer = { type: JSON_TYPE, body: error }
      const failed = eventsOf(await all(await ask(asked))).at(-1)
      expect(failed).toMatchObject({ type: 'failure' })
      answer = { type: JSON_TYPE, body: whole }
      const response = await ask(asked)
      const chunks = await all(response)
      expect(laneOf(response)).toBe('translated')
      expect(textOf(chunks)).toBe('Hello')
      answer = { type: JSON_TYPE, body: '{"hello":"world"}' }
      expect(eventsOf(await all(await ask(asked))).at(-1)).toMatchObject({ type: 'failure' })
    },
  )

  test.each([
    [
      MESSAGES,
      'anthropic-messages',
      '{"id":"m","usage":{"input_tokens":9,"output_tokens":4},"content":[{"ty',
    ],
    [CHAT, 'openai-chat', '{"id":"c","usage":{"prompt_tokens":9,"completion_tokens":4},"choices":[{"ind'],
    [MESSAGES, 'openai-chat', '{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4},"x":"…'],
    [CHAT, 'anthropic-messages', '{"content":[],"usage":{"input_tokens":9,"output_tokens":4},"x":'],
  ])(
    'what a whole answer said of usage before it was cut is told, but not as the last word: %#',
    async (asked, speaks, body) => {
      answer = { type: JSON_TYPE, body }
      const { stream: _stream, ...whole } = asked.body
      const events = eventsOf(await all(await ask({ ...asked, speaks, body: whole })))
      expect(events).toMatchObject([
        { type: 'usage', usage: { inputTokens: 9, outputTokens: 4 } },
        { type: 'failure', failure: { code: 'malformed-response' } },
      ])
      expect(events[0]).not.toHaveProperty('isFinal')
    },
  )

  test('an error keeps the provider’s status and body', async () => {
    const body = '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'
    answer = { status: 529, type: JSON_TYPE, body }
    const failure = await ask(MESSAGES).then(
      () => undefined,
      (thrown: Failure) => thrown,
    )
    expect(failure?.code).toBe('provider-overloaded')
    expect(failure?.details.upstream?.status).toBe(529)
    expect(new TextDecoder().decode(failure?.details.upstream?.body)).toBe(body)
  })

  test('tokens are counted by a provider that can, and here otherwise, which is noted', async () => {
    const { stream: _stream, max_tokens: _max, ...body } = MESSAGES_BODY
    answer = { type: JSON_TYPE, body: '{"input_tokens":14}' }
    const counted = await all(await ask({ ...MESSAGES, body, operation: 'count-tokens' }))
    expect(seen?.path).toBe('/v1/messages/count_tokens')
    expect(eventsOf(counted)).toContainEqual({ type: 'token-count', inputTokens: 14, estimated: false })
    const notices = new NoticeList()
    const estimated = await all(
      await ask({ ...MESSAGES, speaks: 'openai-chat', body, operation: 'count-tokens', notices }),
    )
    expect(eventsOf(estimated)[0]).toMatchObject({ type: 'token-count', estimated: true })
    expect(notices.all).toEqual([{ code: 'usage.estimated' }])
  })
})

describe('tokens that a provider is asked to count', () => {
  const { stream: _stream, max_tokens: _max, ...body } = MESSAGES_BODY
  const count = async (): Promise<{ events: readonly ResponseEvent[]; notices: readonly Notice[] }> => {
    const notices = new NoticeList()
    const counted = await all(await ask({ ...MESSAGES, body, operation: 'count-tokens', notices }))
    return { events: eventsOf(counted), notices: notices.all }
  }
  const error = (type: string, message: string): string =>
    JSON.stringify({ type: 'error', error: { type, message } })

  test.each([
    [404, error('not_found_error', 'Not Found')],
    [404, error('not_found_error', 'model: smart')],
    [404, '<html>nothing here</html>'],
    [405, error('invalid_request_error', 'Method Not Allowed')],
    [400, error('invalid_request_error', 'count_tokens is not supported')],
    [400, error('invalid_request_error', 'Unknown endpoint /v1/messages/count_tokens')],
    [500, error('api_error', 'Internal server error')],
    [501, error('api_error', 'Not Implemented')],
    [503, error('overloaded_error', 'Overloaded')],
    [504, ''],
    [200, '{"tokens":14}'],
    [200, error('api_error', 'no tokenizer for this model')],
  ])('are estimated with a notice where it cannot: %i %s', async (status, said) => {
    answer = { status, type: JSON_TYPE, body: said }
    const { events, notices } = await count()
    expect(events[0]).toMatchObject({ type: 'token-count', estimated: true })
    expect(events.at(-1)).toEqual({ type: 'end' })
    expect(notices).toEqual([{ code: 'usage.estimated' }])
  })

  test.each([
    [400, error('invalid_request_error', 'messages.0.content: Field required'), 'provider-rejected'],
    [400, error('invalid_request_error', 'prompt is too long: 210 tokens > 200 maximum'), 'context-overflow'],
    [401, error('authentication_error', 'invalid x-api-key'), 'provider-auth'],
    [413, error('request_too_large', 'Request exceeds the maximum size'), 'provider-too-large'],
    [429, error('rate_limit_error', 'slow down'), 'provider-rate-limited'],
  ] as const)(
    'are not estimated where it refuses the request or our credential: %i %s',
    async (status, said, code) => {
      answer = { status, type: JSON_TYPE, body: said }
      expect(await count().catch((thrown: unknown) => thrown)).toMatchObject({ code })
    },
  )

  test('are estimated when nobody answers', async () => {
    const notices = new NoticeList()
    const counted = await all(await ask({ ...MESSAGES, body, operation: 'count-tokens', notices, port: 1 }))
    expect(eventsOf(counted)[0]).toMatchObject({ type: 'token-count', estimated: true })
  })
})

test('tools that had to be told in other words come back in the words of the client, where answers are passed on else', async () => {
  const tool = { type: 'function', function: { name: 'mcp.server.tool', parameters: { type: 'object' } } }
  const body = { model: 'm', messages: [{ role: 'user', content: 'hi' }], tools: [tool] }
  const quirks: Quirks = { developerRole: 'system' }
  const toldName = (): string => /"function":\{"name":"([^"]+)"/.exec(seen?.body ?? '')?.[1] ?? ''
  const chunkOf = (name: string) => ({
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [
      {
        index: 0,
        finish_reason: 'tool_calls',
        message: {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call_1', type: 'function', function: { name, arguments: '{}' } }],
        },
      },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  })
  answer = { type: 'application/json', body: JSON.stringify(chunkOf('unknown')) }
  await all(await ask({ client: openaiChat, speaks: 'openai-chat', body, quirks }))
  answer = { type: 'application/json', body: JSON.stringify(chunkOf(toldName())) }
  expect(toldName()).not.toBe('mcp.server.tool')
  const response = await ask({ client: openaiChat, speaks: 'openai-chat', body, quirks })
  expect(laneOf(response)).toBe('translated')
  const { choices } = collect(chatEventsOf(await all(response)))
  const calls = choices[0]?.blocks
  expect(calls).toMatchObject([{ type: 'tool-call', name: 'mcp.server.tool' }])
})
