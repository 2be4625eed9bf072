import { describe, expect, test } from 'bun:test'
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts'
import { anthropicMessages } from '../dialects/anthropic-messages/anthropic-messages.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { listEndpoints } from '../dialects/list-endpoints.ts'
import type { ResponseEvent } from '../exchange/event.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { featuresOf } from '../exchange/operations/all.ts'
import { Failure } from '../exchange/failure.ts'
import type { ChunkSource, ModelResponse, ResponseChunk } from '../exchange/response.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { sampleExchange } from '../policies/samples.fixture.ts'
import { sampleTarget } from '../routing/samples.fixture.ts'
import { respondStream, respondWhole, settleBeforeHeartbeat } from './respond.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const HEARTBEAT_MS = 10_000
const OPENAI = chatEndpoint(openaiChat)
const ANTHROPIC = chatEndpoint(anthropicMessages)

function chatEndpoint(dialect: Dialect) {
  const [match] = listEndpoints(dialect)
  if (match === undefined) throw new Error('no endpoint')
  return match
}

/** A response whose chunks are given by hand. */
function scripted() {
  const waiting: ((chunk: ResponseChunk | undefined) => void)[] = []
  const ready: (ResponseChunk | undefined)[] = []
  const cancelled: Failure[] = []
  const source: ChunkSource = {
    next() {
      if (ready.length > 0) return Promise.resolve(ready.shift())
      return new Promise((resolve) => waiting.push(resolve))
    },
    cancel: (reason) => void cancelled.push(reason),
  }
  const give = (chunk: ResponseChunk | undefined): void => {
    const taker = waiting.shift()
    if (taker === undefined) ready.push(chunk)
    else taker(chunk)
  }
  const response: ModelResponse = {
    from: { kind: 'provider', target: sampleTarget('acme/large'), lane: 'translated' },
    headers: { 'x-kept': 'yes' },
    source,
  }
  return { response, give, cancelled }
}

const NO_BYTES = new Uint8Array(0)
const OWN = encoder.encode('data: own\n\n')
const PASSED: ResponseEvent = { type: 'passed', frames: 1, bytes: 11 }
const LAST: readonly ResponseEvent[] = [
  { type: 'block-end', choice: 0, index: 0 },
  { type: 'finish', choice: 0, reason: 'stop' },
  { type: 'end' },
]
const TEXT: readonly ResponseEvent[] = [
  { type: 'start' },
  { type: 'block-start', choice: 0, index: 0, block: { type: 'text', text: '' } },
  { type: 'text-delta', choice: 0, index: 0, text: 'hello' },
]

async function read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const { value } = await reader.read()
  return value === undefined ? '' : decoder.decode(value)
}

test('a stream that is still on its way begins with a heartbeat and goes on with the answer', async () => {
  const clock = createManualClock()
  const { response, give } = scripted()
  const arriving = Promise.withResolvers<ModelResponse>()
  const answer = respondStream({ exchange: sampleExchange(), match: OPENAI, clock }, arriving.promise)
  const reader = answer.body!.getReader()
  expect(answer.headers.get('content-type')).toStartWith('text/event-stream')
  expect(await read(reader)).toStartWith(':')
  arriving.resolve(response)
  give({ events: TEXT })
  expect(await read(reader)).toContain('hello')
})

test('a refusal that comes after the head is told inside the stream, without a success terminator', async () => {
  const clock = createManualClock()
  const arriving = Promise.withResolvers<ModelResponse>()
  const answer = respondStream({ exchange: sampleExchange(), match: OPENAI, clock }, arriving.promise)
  arriving.reject(new Failure('provider-overloaded'))
  const text = await answer.text()
  expect(text).toContain('"error"')
  expect(text).not.toContain('[DONE]')
})

test('a large answer is handed over as it came, without a copy', async () => {
  const answering = { exchange: sampleExchange(), match: OPENAI, clock: createManualClock() }
  const wire = new Uint8Array(1024 * 1024)
  const chunk: ResponseChunk = { events: [PASSED, { type: 'end' }], wire, eventsInWire: 2 }
  const answer = respondWhole(answering, scripted().response, [chunk])
  expect(answer.headers.get('x-kept')).toBe('yes')
  const reader = answer.body!.getReader()
  expect((await reader.read()).value === wire).toBe(true)
  expect((await reader.read()).done).toBe(true)
})

test('silence in the middle of a stream is broken by a heartbeat every ten seconds', async () => {
  const clock = createManualClock()
  const { response, give } = scripted()
  const answer = respondStream({ exchange: sampleExchange(), match: ANTHROPIC, clock }, response)
  const reader = answer.body!.getReader()
  give({ events: TEXT })
  expect(await read(reader)).toContain('message_start')
  const next = read(reader)
  await Promise.resolve()
  clock.advance(HEARTBEAT_MS - 1)
  clock.advance(1)
  expect(await next).toBe('event: ping\ndata: {"type":"ping"}\n\n')
  const second = read(reader)
  clock.advance(HEARTBEAT_MS)
  expect(await second).toContain('ping')
  give({ events: [{ type: 'text-delta', choice: 0, index: 0, text: 'again' }] })
  expect(await read(reader)).toContain('again')
})

test('input tokens are told as they were estimated when the exchange began, and not worked out again', async () => {
  const exchange = sampleExchange()
  const { response, give } = scripted()
  exchange.trail.features = { ...featuresOf(exchange.request), inputTokens: 4_321 }
  exchange.trail.featuresOf = exchange.request
  const clock = createManualClock()
  const answer = respondStream({ exchange, match: ANTHROPIC, clock }, response)
  give({ events: TEXT })
  expect(await read(answer.body!.getReader())).toContain('"input_tokens":4321')
})

test('bytes pass untouched, and what they do not say gets words of ours', async () => {
  const clock = createManualClock()
  const { response, give } = scripted()
  const answer = respondStream({ exchange: sampleExchange(), match: OPENAI, clock }, response)
  expect(answer.headers.get('x-kept')).toBe('yes')
  give({ events: [PASSED], wire: OWN, eventsInWire: 1 })
  give({
    events: [PASSED, { type: 'failure', failure: new Failure('stream-truncated') }],
    wire: OWN,
    eventsInWire: 1,
  })
  const text = await answer.text()
  expect(text).toStartWith('data: own\n\ndata: own\n\ndata: {"error"')
})

test.each([
  [openaiChat, 'data: [DONE]\n\n'],
  [anthropicMessages, 'event: message_stop\ndata: {"type":"message_stop"}\n\n'],
])(
  'an end that no bytes say is the terminal marker of the dialect and nothing else',
  async (dialect, marker) => {
    const { response, give } = scripted()
    const answer = respondStream(
      { exchange: sampleExchange(), match: chatEndpoint(dialect), clock: createManualClock() },
      response,
    )
    give({ events: [PASSED], wire: OWN, eventsInWire: 1 })
    give({
      events: [{ type: 'finish', choice: 0, reason: 'stop' }, { type: 'end' }],
      wire: NO_BYTES,
      eventsInWire: 1,
    })
    expect(await answer.text()).toBe(`data: own\n\n${marker}`)
  },
)

describe('a layer that takes the bytes off a chunk and gives events of its own', () => {
  test('has exactly its events sent in a stream', async () => {
    const { response, give } = scripted()
    const answer = respondStream(
      { exchange: sampleExchange(), match: OPENAI, clock: createManualClock() },
      response,
    )
    give({ events: TEXT })
    give({ events: LAST })
    const text = await answer.text()
    expect([...text.matchAll(/"content":"([^"]+)"/g)].map(([, piece]) => piece)).toEqual(['hello'])
    expect(text).toEndWith('data: [DONE]\n\n')
  })

  test('has exactly its events sent in one piece, whatever else came as bytes', async () => {
    const { response } = scripted()
    const answer = respondWhole(
      { exchange: sampleExchange(), match: OPENAI, clock: createManualClock() },
      response,
      [
        { events: TEXT },
        { events: LAST, wire: encoder.encode('{"of":"the provider"}'), eventsInWire: LAST.length },
      ],
    )
    expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'hello' } }] })
  })

  test('cannot say behind bytes what follows from them, since nobody has read what they say', async () => {
    const { response, give } = scripted()
    const answer = respondStream(
      { exchange: sampleExchange(), match: OPENAI, clock: createManualClock() },
      response,
    )
    give({ events: [PASSED], wire: OWN, eventsInWire: 1 })
    give({ events: TEXT })
    expect(await answer.text()).toStartWith('data: own\n\ndata: {"error"')
  })

  test('cannot take off bytes that nobody has read, as if they had said nothing', async () => {
    const { response, give } = scripted()
    const answer = respondStream(
      { exchange: sampleExchange(), match: OPENAI, clock: createManualClock() },
      response,
    )
    give({ events: [PASSED] })
    expect(await answer.text()).toStartWith('data: {"error"')
  })
})

describe('where a layer rewrites what is said, bytes that pass it by never reach the client', () => {
  const rewritten = (): Exchange => {
    const exchange = sampleExchange()
    exchange.trail.claimContent('rewrite')
    return exchange
  }

  test('in a stream, which breaks off', async () => {
    const { response, give, cancelled } = scripted()
    const answer = respondStream(
      { exchange: rewritten(), match: OPENAI, clock: createManualClock() },
      response,
    )
    give({ events: TEXT, wire: OWN, eventsInWire: TEXT.length })
    const text = await answer.text()
    expect(text).not.toContain('own')
    expect(text).toStartWith('data: {"error"')
    expect(cancelled.map(({ code }) => code)).toEqual(['internal'])
  })

  test('in one piece, which is refused', () => {
    const { response } = scripted()
    const chunk = { events: [...TEXT, ...LAST], wire: OWN, eventsInWire: TEXT.length + LAST.length }
    const answering = { exchange: rewritten(), match: OPENAI, clock: createManualClock() }
    expect(() => respondWhole(answering, response, [chunk])).toThrow(
      expect.objectContaining({ code: 'internal' }),
    )
  })
})

test('a client that leaves stops the provider', async () => {
  const clock = createManualClock()
  const { response, give, cancelled } = scripted()
  const answer = respondStream({ exchange: sampleExchange(), match: OPENAI, clock }, response)
  const reader = answer.body!.getReader()
  give({ events: TEXT })
  await read(reader)
  await reader.cancel()
  expect(cancelled.map(({ code }) => code)).toEqual(['client-gone'])
})

test('a client that leaves just before the response is there stops the provider all the same', async () => {
  const clock = createManualClock()
  const { response, give, cancelled } = scripted()
  const arriving = Promise.withResolvers<ModelResponse>()
  const answer = respondStream({ exchange: sampleExchange(), match: OPENAI, clock }, arriving.promise)
  const reader = answer.body!.getReader()
  expect(await read(reader)).toStartWith(':')
  const waiting = reader.read()
  await reader.cancel()
  arriving.resolve(response)
  give({ events: TEXT })
  await waiting
  await arriving.promise
  expect(cancelled.map(({ code }) => code)).toEqual(['client-gone'])
})

test('what settles before the first heartbeat is due is taken, what does not is left to arrive', async () => {
  const clock = createManualClock()
  const { response } = scripted()
  expect(await settleBeforeHeartbeat(Promise.resolve(response), clock)).toBe(response)
  expect(await settleBeforeHeartbeat(Promise.reject(new Failure('no-candidate')), clock)).toMatchObject({
    code: 'no-candidate',
  })
  const late = settleBeforeHeartbeat(new Promise(() => {}), clock)
  clock.advance(HEARTBEAT_MS)
  expect(await late).toBeUndefined()
})
