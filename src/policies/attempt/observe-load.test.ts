import { expect, test } from 'bun:test'
import { Failure } from '../../exchange/failure.ts'
import type { ResponseChunk } from '../../exchange/response.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { LoadBoard } from '../../routing/loads.ts'
import { sampleChat, sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import type { HandleAttempt } from '../policy.ts'
import {
  answer,
  createRecordingTelemetry,
  drain,
  playSource,
  respond,
  routedExchange,
  sampleAttempt,
  sampleUsage,
} from '../samples.fixture.ts'
import { createMeter } from './meter.ts'
import { createObserveLoad } from './observe-load.ts'
import { createWritingSpeeds } from './writing-speeds.ts'

const TARGET = sampleTarget('one/a')
const USAGE = sampleUsage({ inputTokens: 60, cacheReadTokens: 40, outputTokens: 20 })

function createWorld() {
  const clock = createManualClock()
  const board = new LoadBoard(clock)
  const meter = createMeter(
    {
      ledger: { intend() {}, settle() {}, void() {} },
      costOf: () => 1n,
      upperBound: () => 1n,
      speeds: createWritingSpeeds(),
      clock,
      telemetry: createRecordingTelemetry(),
    },
    [createObserveLoad(board)],
  )
  const call = (answers: HandleAttempt, stream = true) => {
    const request = sampleChat({ stream })
    const exchange = routedExchange(sampleRoute([TARGET]), { request })
    return meter(answers)(sampleAttempt(TARGET, { exchange }))
  }
  /** A chunk that comes after a time. */
  const after =
    (ms: number, chunk: ResponseChunk): (() => Promise<ResponseChunk>) =>
    async () => {
      clock.advance(ms)
      return chunk
    }
  return { clock, call, after, load: () => board.of(TARGET.id, 'sample') }
}

test('a stream tells when it began, how fast it was written and what it used', async () => {
  const { call, after, load } = createWorld()
  const events = answer('It is tall.', USAGE)
  const script = [
    events.slice(0, 1),
    after(300, { events: events.slice(1, 3) }),
    after(2_000, { events: events.slice(3) }),
  ]
  const { source } = await call(async () => respond(TARGET, playSource(script)))
  expect(load().inFlight).toBe(1)
  await drain(source)
  expect(load()).toEqual({
    inFlight: 0,
    errorShare: 0,
    warmth: 1,
    quietMs: 0,
    firstTokenMs: 300,
    perTokenMs: 100,
    outputTokens: 20,
    cachedShare: 0.4,
  })
})

test('a whole answer, and a stream that comes in one piece, tell no first token', async () => {
  for (const stream of [true, false]) {
    const { call, after, load } = createWorld()
    const whole = after(2_000, { events: answer('It is tall.', USAGE) })
    const { source } = await call(async () => respond(TARGET, playSource([whole])), stream)
    await drain(source)
    expect(load()).toMatchObject({ inFlight: 0, perTokenMs: 100 })
    expect(load()).not.toHaveProperty('firstTokenMs')
  }
})

test.each([
  ['provider-error', 'fault'],
  ['provider-rate-limited', 'fault'],
  ['provider-rejected', 'none'],
  ['client-gone', 'none'],
] as const)('an attempt that ends with %s is over, and counts as a %s', async (code, kind) => {
  const { call, load } = createWorld()
  await call(() => Promise.reject(new Failure(code))).catch(() => {})
  expect(load().inFlight).toBe(0)
  expect(load().errorShare > 0).toBe(kind === 'fault')
})

test('a stream that the client leaves is over', async () => {
  const { call, load } = createWorld()
  const { source } = await call(async () => respond(TARGET, playSource([answer().slice(0, 3), answer()])))
  await source.next()
  source.cancel(new Failure('client-gone'))
  expect(load()).toMatchObject({ inFlight: 0, errorShare: 0 })
})
