import { describe, expect, test } from 'bun:test'
import type { Attempt } from '../../exchange/exchange.ts'
import { toFailure } from '../../exchange/failure.ts'
import { sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import { routedExchange } from '../samples.fixture.ts'
import {
  answersAfter,
  beginsAndAnswersAfter,
  createWorld,
  failsAfter,
  pass,
  textOf,
} from './contest.fixture.ts'

const FIRST = sampleTarget('one/a')
const SECOND = sampleTarget('two/b')
const THIRD = sampleTarget('three/c')

const HEDGED = { kind: 'hedge', after: { ms: 300 } } as const

const three = sampleRoute([FIRST, SECOND, THIRD])
const hedged = sampleRoute([FIRST, SECOND, THIRD], { pace: HEDGED })
const raced = sampleRoute([FIRST, SECOND, THIRD], { pace: { kind: 'race', of: 2, accept: 'first-token' } })
const namesOf = (attempts: readonly Attempt[]): string[] => attempts.map(({ target }) => target.id)

describe('a hedge', () => {
  test('asks a second target when the first is slow; the first to answer wins, the other is stopped and settled', async () => {
    const { clock, attempts, rows, dispatch, health } = createWorld({
      'one/a': answersAfter(5_000),
      'two/b': answersAfter(200),
    })
    const exchange = routedExchange(hedged)
    const run = dispatch(exchange)
    await pass(clock, 250)
    expect(namesOf(attempts)).toEqual(['one/a'])
    await pass(clock, 500)
    const response = await run
    expect(attempts.map(({ signal }) => signal.aborted)).toEqual([true, false])
    expect(rows).toMatchObject([
      { target: 'one/a', outcome: 'outrun', usage: { outputTokens: 0 }, durationMs: 500 },
    ])
    expect(rows[0]?.usage.inputTokens).toBeGreaterThan(0)
    expect(rows[0]?.costNanoUsd).toBeGreaterThan(0n)
    expect(await textOf(response)).toBe('from two/b')
    expect(attempts.map(({ begun }) => begun)).toEqual([undefined, { for: 'hedge' }])
    expect(health.entries()).toEqual([])
    const { trail } = exchange
    expect(trail.served).toBe(SECOND)
    expect(trail.notices).toEqual([{ code: 'param.dropped', subject: 'two' }])
    expect(trail.upstreamMs(clock.elapsedMs())).toBe(500)
    expect(trail.steps.slice(1)).toMatchObject([
      { step: 'attempt', result: { target: 'one/a', outcome: 'outrun', startedMs: 0 } },
      { step: 'hedge', outcome: 'won', startedMs: 300, winner: 'two/b', extraCostUsd: '0.000000015' },
      { step: 'attempt', result: { target: 'two/b', outcome: 'ok', startedMs: 300 } },
    ])
  })

  test('asks nobody else when the first answers in time', async () => {
    const { clock, attempts, dispatch } = createWorld({ 'one/a': answersAfter(250) })
    const run = dispatch(routedExchange(hedged))
    await pass(clock, 1_000)
    expect(await textOf(await run)).toBe('from one/a')
    expect(attempts).toHaveLength(1)
  })

  test('stops a loser that had begun to answer', async () => {
    const { clock, rows, dispatch } = createWorld({
      'one/a': beginsAndAnswersAfter(5_000),
      'two/b': answersAfter(50),
    })
    const run = dispatch(routedExchange(hedged))
    await pass(clock, 1_000)
    expect(await textOf(await run)).toBe('from two/b')
    expect(rows.map(({ target, outcome }) => `${target} ${outcome}`)).toEqual(['one/a outrun', 'two/b ok'])
  })

  test('stops a loser that answers at the same moment', async () => {
    const { clock, rows, dispatch } = createWorld({
      'one/a': answersAfter(500),
      'two/b': answersAfter(200),
    })
    const run = dispatch(routedExchange(hedged))
    await pass(clock, 1_000)
    await textOf(await run)
    expect(rows.map(({ outcome }) => outcome).toSorted()).toEqual(['ok', 'outrun'])
  })

  test('a failure leaves those that run beside it alone, and its place is taken as its row says', async () => {
    const { clock, attempts, dispatch } = createWorld({
      'one/a': failsAfter(400, 'connect-failed'),
      'two/b': answersAfter(5_000),
      'three/c': answersAfter(100),
    })
    const exchange = routedExchange(hedged)
    const run = dispatch(exchange)
    await pass(clock, 1_000)
    expect(await textOf(await run)).toBe('from three/c')
    expect(namesOf(attempts)).toEqual(['one/a', 'two/b', 'three/c'])
    expect(attempts.map(({ begun }) => begun?.for)).toEqual([undefined, 'hedge', 'fallback'])
    expect(exchange.trail.attempts.map(({ outcome }) => outcome)).toEqual(['connect-failed', 'outrun', 'ok'])
  })

  test('rejects with the most useful failure when all have failed', async () => {
    const { clock, dispatch } = createWorld({
      'one/a': failsAfter(400, 'provider-blocked'),
      'two/b': failsAfter(600, 'provider-error'),
    })
    const run = dispatch(routedExchange(sampleRoute([FIRST, SECOND], { retries: 0, pace: HEDGED })))
    const failed = run.catch(toFailure)
    await pass(clock, 2_000)
    expect(await failed).toMatchObject({ code: 'provider-error' })
  })

  test('a client that leaves stops all of them', async () => {
    const { clock, rows, attempts, dispatch } = createWorld({
      'one/a': answersAfter(5_000),
      'two/b': answersAfter(5_000),
    })
    const leaving = new AbortController()
    const run = dispatch(routedExchange(hedged, { signal: leaving.signal })).catch(toFailure)
    await pass(clock, 400)
    leaving.abort()
    expect(await run).toMatchObject({ code: 'client-gone' })
    expect(attempts).toHaveLength(2)
    expect(rows.map(({ outcome }) => outcome)).toEqual(['cancelled', 'cancelled'])
  })

  test.each([
    ['without fallback', { requestOptions: { noFallback: true } }, hedged],
    [
      'at the route’s maximum of attempts',
      {},
      sampleRoute([FIRST, SECOND], { maxAttempts: 1, pace: HEDGED }),
    ],
    ['without another target', {}, sampleRoute([FIRST], { pace: HEDGED })],
  ])('asks nobody else %s', async (_name, changes, route) => {
    const { clock, attempts, dispatch } = createWorld({ 'one/a': answersAfter(1_000) })
    const run = dispatch(routedExchange(route, changes))
    await pass(clock, 1_500)
    expect(await textOf(await run)).toBe('from one/a')
    expect(attempts).toHaveLength(1)
  })

  test('is no concern of the budget for retries, and ends where its own allowance is used up', async () => {
    const bounded = sampleRoute([FIRST, SECOND], { pace: { ...HEDGED, extraStarts: 0.05 } })
    const { clock, attempts, telemetry, dispatch } = createWorld({ 'one/a': answersAfter(400) })
    for (let request = 0; request < 100; request += 1) void dispatch(routedExchange(bounded))
    await pass(clock, 500)
    const count = (outcome: string): number =>
      telemetry.counts.get(`gatehouse_hedges_total{route=sample,outcome=${outcome}}`) ?? 0
    expect(attempts).toHaveLength(100 + 10)
    expect([count('fired'), count('won'), count('refused-by-budget')]).toEqual([10, 10, 29])
    // By then nearly all of the latest were late: a second one would be as well.
    expect(count('off')).toBe(61)
    expect([...telemetry.counts.keys()].filter((name) => name.startsWith('gatehouse_retries'))).toEqual([])
  })
})

test('a race begins with several, and the first to answer wins', async () => {
  const { clock, attempts, rows, dispatch } = createWorld({
    'one/a': answersAfter(400),
    'two/b': answersAfter(100),
  })
  const run = dispatch(routedExchange(raced))
  await pass(clock, 500)
  expect(await textOf(await run)).toBe('from two/b')
  expect(namesOf(attempts)).toEqual(['one/a', 'two/b'])
  expect(rows.map(({ target, outcome }) => `${target} ${outcome}`)).toEqual(['one/a outrun', 'two/b ok'])
})

test('where attempts follow one another each bears the signal of the exchange, and no other', async () => {
  const { clock, attempts, dispatch } = createWorld({ 'one/a': failsAfter(50, 'connect-failed') })
  const exchange = routedExchange(three)
  const run = dispatch(exchange)
  await pass(clock, 100)
  await run
  expect(attempts.map(({ signal }) => signal === exchange.signal)).toEqual([true, true])
})
