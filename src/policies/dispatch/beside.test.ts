import { describe, expect, test } from 'bun:test'
import { toFailure } from '../../exchange/failure.ts'
import type { PaceTerms } from '../../exchange/pace-terms.ts'
import { createSeededRandom, type Random } from '../../kit/random.ts'
import { sampleChat, sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import { drain, routedExchange, sampleUsage } from '../samples.fixture.ts'
import { answersAfter, createWorld, failsAfter, textOf, untilOver, type Script } from './contest.fixture.ts'

const FIRST = sampleTarget('one/a')
const SECOND = sampleTarget('two/b')
const HEDGED: PaceTerms = { kind: 'hedge', after: { ms: 800 } }
const P95: PaceTerms = {
  kind: 'hedge',
  after: { share: 0.95, leastMs: 300 },
  extraStarts: 0.05,
  extraCost: 0.1,
}
const RACED: PaceTerms = { kind: 'race', of: 2, accept: 'first-token' }

type World = ReturnType<typeof createWorld>

/** Asks once, and says when the answer began and whose it is. */
async function askOnce({ clock, dispatch }: World, pace: PaceTerms, changes = {}) {
  const exchange = routedExchange(sampleRoute([FIRST, SECOND], { pace, retries: 0 }), {
    startedElapsedMs: clock.elapsedMs(),
    ...changes,
  })
  const startedMs = clock.elapsedMs()
  const run = dispatch(exchange)
  const tookMs = (await untilOver(clock, run)) - startedMs
  const { source, from } = await run
  await drain(source)
  exchange.trail.end()
  const served = from.kind === 'provider' ? from.target.id : ''
  return { tookMs, served, steps: exchange.trail.steps, attempts: exchange.trail.attempts }
}

describe('who wins, and when', () => {
  test.each([
    [700, 10, 'one/a', 700, 1],
    [801, 10, 'one/a', 801, 2],
    [5_000, 250, 'two/b', 1_050, 2],
    [1_050, 250, 'one/a', 1_050, 2],
    [1_051, 250, 'two/b', 1_050, 2],
  ])(
    'the first after %d ms, the second after %d: %s at %d',
    async (firstMs, secondMs, winner, atMs, starts) => {
      const world = createWorld({ 'one/a': answersAfter(firstMs), 'two/b': answersAfter(secondMs) })
      const { served, tookMs } = await askOnce(world, HEDGED)
      expect([served, tookMs]).toEqual([winner, Math.min(atMs, firstMs, 800 + secondMs)])
      expect(world.attempts).toHaveLength(starts)
    },
  )

  test('a loser is stopped once, and settled before the winner is shown', async () => {
    let stops = 0
    const watched: Script = (attempt, clock) => {
      attempt.signal.addEventListener('abort', () => (stops += 1))
      return answersAfter(5_000)(attempt, clock)
    }
    const world = createWorld({ 'one/a': watched, 'two/b': answersAfter(100) })
    const { steps } = await askOnce(world, RACED)
    expect(stops).toBe(1)
    expect(world.rows.map(({ target, outcome }) => `${target} ${outcome}`)).toEqual([
      'one/a outrun',
      'two/b ok',
    ])
    expect(steps.map(({ step }) => step)).toEqual(['rank', 'attempt', 'race', 'attempt'])
  })

  test('an answer that has to be whole wins by its end, though another began before', async () => {
    const whole: PaceTerms = { ...RACED, accept: 'whole' }
    const long: Script = async (attempt, clock) => {
      const { source, ...response } = await answersAfter(10)(attempt, clock)
      let asked = 0
      const next = async () => {
        asked += 1
        if (asked === 2) await answersAfter(5_000)(attempt, clock)
        return source.next()
      }
      return { ...response, source: { next, cancel: (reason) => source.cancel(reason) } }
    }
    const world = createWorld({ 'one/a': long, 'two/b': answersAfter(100) })
    expect(await askOnce(world, whole)).toMatchObject({ served: 'two/b', tookMs: 100 })
  })
})

describe('nobody is asked beside the first', () => {
  const slowAndQuick = () => createWorld({ 'one/a': answersAfter(2_000), 'two/b': answersAfter(10) })
  const east = sampleTarget('one/a', { incidentDomain: 'same' })
  const west = sampleTarget('two/b', { incidentDomain: 'same' })

  test('at a place that goes under the same name, also not after a failure beside one that runs', async () => {
    const world = createWorld({ 'one/a': answersAfter(2_000) })
    const run = world.dispatch(routedExchange(sampleRoute([east, west], { pace: RACED })))
    await untilOver(world.clock, run)
    expect(await textOf(await run)).toBe('from one/a')
    expect(world.attempts).toHaveLength(1)
    const failing = createWorld({ 'one/a': answersAfter(900), 'three/c': failsAfter(50, 'provider-blocked') })
    const third = sampleTarget('three/c')
    const raced = failing.dispatch(
      routedExchange(sampleRoute([east, west, third], { pace: RACED, retries: 0 })),
    )
    await untilOver(failing.clock, raced)
    expect(await textOf(await raced)).toBe('from one/a')
    expect(failing.attempts.map(({ target }) => target.id)).toEqual(['one/a', 'three/c'])
  })

  test('who was passed over is asked when the others have failed', async () => {
    const world = createWorld({
      'one/a': failsAfter(20, 'provider-blocked'),
      'three/c': failsAfter(30, 'provider-blocked'),
    })
    const third = sampleTarget('three/c')
    const run = world.dispatch(routedExchange(sampleRoute([east, west, third], { pace: RACED, retries: 0 })))
    await untilOver(world.clock, run)
    expect(await textOf(await run)).toBe('from two/b')
  })

  const hosted = sampleChat({ tools: [{ type: 'hosted', family: 'openai', name: 'web_search', raw: {} }] })
  test.each([
    ['what runs tools of the provider', { request: hosted }],
    [
      'a conversation that stands at a provider',
      { held: { request: sampleChat(), resumed: sampleChat(), target: 'one/a', credential: 'one/main' } },
    ],
    ['a client that wants no fallback', { requestOptions: { noFallback: true } }],
  ])('for %s', async (_name, changes) => {
    const world = slowAndQuick()
    expect(await askOnce(world, RACED, changes)).toMatchObject({ served: 'one/a' })
    expect(world.attempts).toHaveLength(1)
  })

  test('where one attempt may cost more than the route allows', async () => {
    const world = slowAndQuick()
    const { steps } = await askOnce(
      world,
      { ...RACED, ceilingNanoUsd: 1n },
      { request: sampleChat({ maxOutputTokens: 5 }) },
    )
    expect(steps).toContainEqual({ step: 'race', outcome: 'refused-by-budget' })
  })

  test('after a share of the first one’s times as long as those are not known, and for whole answers', async () => {
    const world = slowAndQuick()
    expect(await askOnce(world, P95)).toMatchObject({ served: 'one/a' })
    expect(await askOnce(world, P95, { request: sampleChat({ stream: false }) })).toMatchObject({
      served: 'one/a',
    })
    expect(world.attempts).toHaveLength(2)
  })
})

test('a thousand at once, of which a third leave at every phase and whose two answer in the same millisecond, leave nothing open', async () => {
  const world = createWorld({ 'one/a': answersAfter(900), 'two/b': answersAfter(100) })
  const route = sampleRoute([FIRST, SECOND], {
    pace: { ...HEDGED, extraStarts: 1 },
    retries: 0,
  })
  const runs = Array.from({ length: 1_000 }, async (_request, index) => {
    const leaving = new AbortController()
    if (index % 3 === 0) world.clock.after((index % 10) * 100, () => leaving.abort())
    const exchange = routedExchange(route, { signal: leaving.signal })
    try {
      const { source } = await world.dispatch(exchange)
      await drain(source)
    } catch (thrown) {
      expect(toFailure(thrown).code).toBe('client-gone')
    }
    exchange.trail.end()
  })
  await untilOver(world.clock, Promise.all(runs))
  expect(world.rows.map(({ id }) => id).toSorted()).toEqual(world.attempts.map(({ id }) => id).toSorted())
  expect(world.load.sizes().inFlight).toBe(0)
  const won = world.rows.filter(({ outcome }) => outcome === 'ok').length
  expect(won).toBeGreaterThan(600)
  expect(world.rows.filter(({ outcome }) => outcome === 'outrun').length).toBeGreaterThan(600)
})

/** Milliseconds until the first token: 400 in the middle, and one of fifty stands still for 1 to 9 s. */
function straggling(random: Random): number {
  if (random.next() < 0.02) return 1_000 + 8_000 * random.next()
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  return 400 * Math.exp(0.35 * normal)
}

/** Asks so often, and gives the time under which 99 % of the answers began, and the attempts that it took. */
async function measure(seed: number, pace: PaceTerms | undefined, requests: number) {
  const random = createSeededRandom(seed)
  const usual = sampleUsage({ outputTokens: 300 })
  const script: Script = (attempt, clock) =>
    answersAfter(Math.round(straggling(random)), usual)(attempt, clock)
  const world = createWorld({ 'one/a': script, 'two/b': script })
  const times: number[] = []
  for (let request = 0; request < requests; request += 1) {
    const route = sampleRoute([FIRST, SECOND], pace === undefined ? {} : { pace })
    const startedMs = world.clock.elapsedMs()
    const exchange = routedExchange(route, { startedElapsedMs: startedMs })
    const run = world.dispatch(exchange)
    times.push((await untilOver(world.clock, run)) - startedMs)
    await drain((await run).source)
    exchange.trail.end()
  }
  times.sort((left, right) => left - right)
  return { p99: times[Math.floor(requests * 0.99)] ?? 0, starts: world.attempts.length / requests }
}

test.each([2, 3])(
  'a hedge cuts a tail of 2 %% stragglers to a third, for 6 %% more starts (seed %d)',
  async (seed) => {
    const requests = 1_000
    const alone = await measure(seed, undefined, requests)
    const hedged = await measure(seed, P95, requests)
    expect(alone.p99 / hedged.p99).toBeGreaterThan(3)
    expect(hedged.starts).toBeLessThan(1.06)
  },
)
