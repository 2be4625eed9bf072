import { describe, expect, test } from 'bun:test'
import { sampleCaller } from '../../exchange/caller.fixture.ts'
import type { Attempt } from '../../exchange/exchange.ts'
import type { Route } from '../../exchange/route.ts'
import { Failure } from '../../exchange/failure.ts'
import type { FailureCode } from '../../exchange/failure-table.ts'
import type { NoticeCode } from '../../exchange/notice.ts'
import type { ChunkSource, ModelResponse } from '../../exchange/response.ts'
import type { Clock } from '../../kit/clock.ts'
import { createManualClock, type ManualClock } from '../../kit/manual-clock.fixture.ts'
import { createIds } from '../../kit/ids.ts'
import { LIMITS } from '../../kit/limits.ts'
import { createSeededRandom } from '../../kit/random.ts'
import { Secret } from '../../kit/secret.ts'
import { CIRCUIT_RULES } from '../../routing/circuit.ts'
import { createHealthBoard } from '../../routing/health.ts'
import { LoadBoard } from '../../routing/loads.ts'
import { sampleChat, sampleRanking, sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import { createBreakCircuit } from '../attempt/break-circuit.ts'
import {
  answer,
  createRecordingTelemetry,
  drain,
  letThrough,
  playSource,
  respond,
  routedExchange,
} from '../samples.fixture.ts'
import { createDispatch } from './dispatch.ts'
import { createExtraStarts } from './extra-starts.ts'
import { createRetryBudget } from './retry-budget.ts'

const FIRST = sampleTarget('one/a')
const SECOND = sampleTarget('two/b')
const THIRD = sampleTarget('three/c')
const LEFT_OUT = sampleTarget('none/d', { credentials: [] })

const EMPTY_DELTA = { type: 'text-delta', choice: 0, index: 0, text: '' } as const

type Script = (attempt: Attempt) => Promise<ModelResponse>

const speak: Script = async ({ target }) => respond(target, playSource([answer(`from ${target.id}`)]))
const fail =
  (code: FailureCode, retryAfterMs?: number): Script =>
  async () => {
    throw new Failure(code, retryAfterMs === undefined ? {} : { retryAfterMs })
  }
/** Answers 200 and fails inside the stream, after these events. */
const breakAfter =
  (code: FailureCode, ...before: Parameters<typeof playSource>[0]): Script =>
  async ({ target }) =>
    respond(target, playSource([...before, [{ type: 'failure', failure: new Failure(code) }]]))

/** Lets the time of every wait pass at once. */
function skipWaits(clock: ManualClock): Clock {
  return {
    ...clock,
    after(delayMs, action) {
      const timer = clock.after(delayMs, action)
      queueMicrotask(() => clock.advance(delayMs))
      return timer
    },
  }
}

/** A world with real health, circuit and retry budget around scripted providers. Waits are skipped, or left to the test. */
function createWorld(scripts: Readonly<Record<string, Script | Script[]>>, waits: 'skip' | 'leave' = 'skip') {
  const clock = createManualClock()
  const random = createSeededRandom(3)
  const health = createHealthBoard({ clock, random })
  const telemetry = createRecordingTelemetry()
  const attempts: Attempt[] = []
  const call = letThrough(createBreakCircuit(health, CIRCUIT_RULES))(async (attempt) => {
    attempts.push(attempt)
    const script = scripts[attempt.target.id] ?? speak
    if (typeof script === 'function') return script(attempt)
    return (script.shift() ?? speak)(attempt)
  })
  const dispatch = createDispatch({
    call,
    upperBound: () => 0n,
    health,
    load: new LoadBoard(clock),
    retries: createRetryBudget(clock),
    extraStarts: createExtraStarts(clock),
    clock: waits === 'skip' ? skipWaits(clock) : clock,
    random,
    ids: createIds(clock, random),
    telemetry,
  })
  return { clock, health, telemetry, attempts, dispatch }
}

const targetsOf = (attempts: readonly Attempt[]): string[] => attempts.map(({ target }) => target.id)

async function textOf(response: ModelResponse): Promise<string> {
  const events = await drain(response.source)
  return events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
}

async function failureOf(run: Promise<unknown>): Promise<Failure> {
  try {
    await run
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
  throw new Error('it did not fail')
}

const two: Route = sampleRoute([FIRST], { fallback: [{ target: SECOND, weight: 1 }] })

describe('failing over before the first content', () => {
  test.each([
    ['thrown', fail('provider-overloaded')],
    ['as the first event of a 200', breakAfter('provider-overloaded')],
    ['behind an empty start', breakAfter('provider-overloaded', [{ type: 'start' }], [])],
    ['as an error body inside a 200', breakAfter('error-in-success')],
    [
      'in the same read as the first content',
      (async ({ target }) =>
        respond(
          target,
          playSource([
            [...answer('half').slice(0, 3), { type: 'failure', failure: new Failure('stream-truncated') }],
          ]),
        )) satisfies Script,
    ],
    [
      'as a source that ends without an end',
      (async ({ target }) => respond(target, playSource([]))) satisfies Script,
    ],
  ] as const)('a failure %s leads to the fallback, and the client sees only that', async (_name, script) => {
    const { dispatch, attempts } = createWorld({ 'one/a': script })
    const exchange = routedExchange(two)
    const response = await dispatch(exchange)
    expect(await textOf(response)).toBe('from two/b')
    expect(targetsOf(attempts).filter((id) => id !== 'one/a')).toEqual(['two/b'])
    expect(exchange.trail.served).toBe(SECOND)
  })

  test('the answer bears the notices of the attempt that gives it, and of no other', async () => {
    const noting =
      (code: NoticeCode, script: Script): Script =>
      (attempt) => {
        attempt.notices.add(code)
        return script(attempt)
      }
    const { dispatch } = createWorld({
      'one/a': noting('native.dropped', breakAfter('provider-overloaded')),
      'two/b': noting('param.dropped', speak),
    })
    const exchange = routedExchange(two)
    await dispatch(exchange)
    expect(exchange.trail.notices).toEqual([{ code: 'param.dropped' }])
  })

  test('an error bears no notices', async () => {
    const { dispatch } = createWorld({
      'one/a': (attempt) => {
        attempt.notices.add('usage.estimated')
        return breakAfter('provider-overloaded')(attempt)
      },
    })
    const exchange = routedExchange(sampleRoute([FIRST]))
    expect((await failureOf(dispatch(exchange))).code).toBe('provider-overloaded')
    expect(exchange.trail.notices).toEqual([])
  })

  test('the attempts are numbered and have ids of their own', async () => {
    const { dispatch, attempts } = createWorld({ 'one/a': fail('connect-failed') })
    await dispatch(routedExchange(two))
    expect(attempts.map(({ ordinal }) => ordinal)).toEqual([1, 2])
    expect(attempts[0]?.id).toMatch(/^att_/)
    expect(attempts[0]?.id).not.toBe(attempts[1]?.id)
  })

  test('what was held back is handed on in order, once', async () => {
    const chunks = [[{ type: 'start' }], [], answer('whole')] as const
    const { dispatch } = createWorld({ 'one/a': async ({ target }) => respond(target, playSource(chunks)) })
    const response = await dispatch(routedExchange(two))
    expect(await drain(response.source)).toEqual(chunks.flat())
  })

  test.each([
    ['comments and pings', { events: [], wire: new Uint8Array(LIMITS.gateBytes / 64), eventsInWire: 0 }],
    ['empty deltas', { events: Array.from({ length: 128 }, () => EMPTY_DELTA) }],
  ] as const)(
    'a provider that says nothing in a megabyte of %s has failed, and is stopped',
    async (_, chunk) => {
      let asked = 0
      let cancelled: Failure | undefined
      const source: ChunkSource = {
        next: () => ((asked += 1), Promise.resolve(chunk)),
        cancel: (reason) => void (cancelled = reason),
      }
      const { dispatch, health } = createWorld({ 'one/a': async ({ target }) => respond(target, source) })
      expect(await textOf(await dispatch(routedExchange(two)))).toBe('from two/b')
      expect(asked).toBeLessThanOrEqual(65)
      expect(cancelled?.code).toBe('response-too-large')
      for (let request = 1; request < 5; request += 1) await dispatch(routedExchange(two))
      expect(health.sizes().open).toBe(1)
    },
  )
})

describe('an answer in one piece that a provider gives as a stream', () => {
  const unary = { request: { ...sampleChat(), stream: false } }

  test('fails over in the middle, because nothing of it has reached the client', async () => {
    const { dispatch, attempts } = createWorld({
      'one/a': breakAfter('stream-truncated', answer('half').slice(0, 3), answer('more').slice(2, 3)),
    })
    const response = await dispatch(routedExchange(two, unary))
    expect(await textOf(response)).toBe('from two/b')
    expect(targetsOf(attempts)).toEqual(['one/a', 'two/b'])
  })

  test('is handed on whole, in order, once', async () => {
    const chunks = [answer('whole').slice(0, 3), answer('whole').slice(3)]
    const { dispatch } = createWorld({ 'one/a': async ({ target }) => respond(target, playSource(chunks)) })
    const response = await dispatch(routedExchange(two, unary))
    expect(await drain(response.source)).toEqual(chunks.flat())
  })

  test('may be as long as one, and no longer', async () => {
    const text = 'word'.repeat(LIMITS.responseBodyBytes / 64)
    const events = [{ type: 'text-delta', choice: 0, index: 0, text }] as const
    let cancelled: Failure | undefined
    const source: ChunkSource = {
      next: () => Promise.resolve({ events }),
      cancel: (reason) => void (cancelled = reason),
    }
    const { dispatch } = createWorld({ 'one/a': async ({ target }) => respond(target, source) })
    expect(await textOf(await dispatch(routedExchange(two, unary)))).toBe('from two/b')
    expect(cancelled?.code).toBe('response-too-large')
  })
})

describe('after the first content', () => {
  test('a broken stream is the last event, unchanged, and nothing else is tried', async () => {
    for (const requestOptions of [{}, { noFallback: true }]) {
      const { dispatch, attempts } = createWorld({
        'one/a': breakAfter('stream-truncated', answer('half').slice(0, 3)),
      })
      const response = await dispatch(routedExchange(two, { requestOptions }))
      const events = await drain(response.source)
      expect(events.at(-1)).toMatchObject({ type: 'failure', failure: { code: 'stream-truncated' } })
      expect(targetsOf(attempts)).toEqual(['one/a'])
    }
  })
})

describe('one classifier for all', () => {
  const codes = [
    'provider-rate-limited',
    'provider-overloaded',
    'provider-error',
    'provider-timeout',
    'provider-forbidden',
    'provider-model-missing',
    'context-overflow',
    'connect-failed',
  ] as const
  test.each(codes)('%s fails over in streams and in counting alike', async (code) => {
    const chat = sampleChat()
    for (const request of [
      chat,
      { ...chat, stream: false },
      { operation: 'count-tokens', model: chat.model, chat, stream: false } as const,
    ]) {
      const { dispatch, attempts } = createWorld({ 'one/a': fail(code) })
      await dispatch(routedExchange({ ...two, retries: 0 }, { request }))
      expect(targetsOf(attempts)).toEqual(['one/a', 'two/b'])
    }
  })

  test.each(['provider-rejected', 'content-refused', 'stale-seal'] as const)(
    '%s is the answer and costs no second attempt',
    async (code) => {
      const { dispatch, attempts } = createWorld({ 'one/a': fail(code) })
      expect((await failureOf(dispatch(routedExchange(two)))).code).toBe(code)
      expect(attempts).toHaveLength(1)
    },
  )

  test('a defect of ours stops at once', async () => {
    const { dispatch, attempts } = createWorld({
      'one/a': async () => {
        throw new TypeError('a defect')
      },
    })
    expect((await failureOf(dispatch(routedExchange(two)))).code).toBe('internal')
    expect(attempts).toHaveLength(1)
  })
})

test('a fallback that is too small is skipped and the first failure is told', async () => {
  const small = sampleTarget('small/c', { capabilities: { contextTokens: 8_192 } })
  const route = sampleRoute([FIRST], { fallback: [{ target: small, weight: 1 }] })
  const text = 'word '.repeat(10_000)
  const request = sampleChat({ turns: [{ role: 'user', blocks: [{ type: 'text', text }] }] })
  const { dispatch, attempts } = createWorld({ 'one/a': fail('provider-rate-limited', 30_000) })
  const exchange = routedExchange(route, { request })
  expect((await failureOf(dispatch(exchange))).status).toBe(429)
  expect(targetsOf(attempts)).toEqual(['one/a'])
  expect(exchange.trail.steps).toContainEqual({
    step: 'filter',
    targets: [expect.objectContaining({ target: 'small/c', reason: 'context-too-small' })],
  })
})

test('the deadline of an attempt is the smaller of its own and what is left', async () => {
  const slow = sampleTarget('one/a', {
    timeouts: { connectMs: 1, firstByteMs: 1, idleMs: 1, silenceMs: 1, totalMs: 5_000 },
  })
  const { dispatch, attempts, clock } = createWorld({})
  await dispatch(routedExchange(sampleRoute([slow])))
  await dispatch(routedExchange(sampleRoute([slow]), { deadlineAtMs: clock.nowMs() + 1_000 }))
  expect(attempts.map(({ deadlineAtMs }) => deadlineAtMs - clock.nowMs())).toEqual([5_000, 1_000])
})

describe('asking a target again that failed for a moment', () => {
  test.each(['provider-error', 'provider-overloaded'] as const)(
    'after one %s the same target answers, and both attempts are told',
    async (code) => {
      const { dispatch, attempts, clock, telemetry } = createWorld({ 'one/a': [fail(code)] })
      const exchange = routedExchange(two)
      expect(await textOf(await dispatch(exchange))).toBe('from one/a')
      expect(targetsOf(attempts)).toEqual(['one/a', 'one/a'])
      expect(attempts.map(({ ordinal }) => ordinal)).toEqual([1, 2])
      expect(clock.elapsedMs()).toBeGreaterThanOrEqual(200)
      expect(clock.elapsedMs()).toBeLessThan(400)
      expect(telemetry.counts.get(`gatehouse_retries_total{action=retry-after,code=${code}}`)).toBe(1)
    },
  )

  test('the second time the next target is asked', async () => {
    const { dispatch, attempts } = createWorld({ 'one/a': fail('provider-error') })
    await dispatch(routedExchange(two))
    expect(targetsOf(attempts)).toEqual(['one/a', 'one/a', 'two/b'])
  })

  test('a route that wants none goes on at once', async () => {
    const { dispatch, attempts, clock } = createWorld({ 'one/a': fail('provider-error') })
    await dispatch(routedExchange({ ...two, retries: 0 }))
    expect(targetsOf(attempts)).toEqual(['one/a', 'two/b'])
    expect(clock.elapsedMs()).toBe(0)
  })

  test('a target that rests by now is not asked again', async () => {
    const { dispatch, attempts } = createWorld({ 'one/a': fail('provider-error') })
    for (let request = 0; request < 3; request += 1) await dispatch(routedExchange(two))
    expect(targetsOf(attempts).filter((id) => id === 'one/a')).toHaveLength(5)
  })
})

test('a caller whose requests all fail leaves the others their retries', async () => {
  const { dispatch, telemetry } = createWorld({ 'one/a': fail('context-overflow') })
  const ask = async (key: string): Promise<string> =>
    textOf(await dispatch(routedExchange(two, { caller: sampleCaller({ owners: { key } }) })))
  const refused = 'gatehouse_retries_total{action=refused-by-retry-budget,code=context-overflow}'
  for (let request = 0; request < 200; request += 1) await ask('ada').catch(() => {})
  expect(telemetry.counts.get(refused)).toBeGreaterThan(0)
  expect(await ask('bob')).toBe('from two/b')
})

describe('waiting for a provider that named a time', () => {
  /** Lets the loop reach its wait. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  }

  test('two seconds are waited out on the same target', async () => {
    const { dispatch, attempts, clock } = createWorld(
      { 'one/a': [fail('provider-rate-limited', 2_000)] },
      'leave',
    )
    const answered = dispatch(routedExchange(two))
    await settle()
    clock.advance(1_999)
    await settle()
    expect(attempts).toHaveLength(1)
    clock.advance(501)
    await answered
    expect(targetsOf(attempts)).toEqual(['one/a', 'one/a'])
  })

  test('a day leads to the next target at once', async () => {
    const { dispatch, attempts } = createWorld({ 'one/a': fail('provider-rate-limited', 86_400_000) })
    await dispatch(routedExchange(two))
    expect(targetsOf(attempts)).toEqual(['one/a', 'two/b'])
  })

  test('a client that leaves ends the wait', async () => {
    const client = new AbortController()
    const { dispatch, attempts } = createWorld({ 'one/a': fail('provider-rate-limited', 2_000) }, 'leave')
    const answered = failureOf(dispatch(routedExchange(two, { signal: client.signal })))
    await settle()
    client.abort()
    expect((await answered).code).toBe('client-gone')
    expect(attempts).toHaveLength(1)
  })
})

describe('credentials', () => {
  const secret = new Secret('s')
  const pooled = sampleTarget('one/a', {
    credentials: [
      { id: 'one/x', secret, weight: 1 },
      { id: 'one/y', secret, weight: 1 },
    ],
  })

  test('another credential of the same target comes before another target', async () => {
    const { dispatch, attempts } = createWorld({ 'one/a': [fail('provider-rate-limited', 500)] })
    await dispatch(routedExchange(sampleRoute([pooled, SECOND])))
    expect(targetsOf(attempts)).toEqual(['one/a', 'one/a'])
    expect(new Set(attempts.map(({ credential }) => credential.id)).size).toBe(2)
  })

  test('a refused credential is not tried again by the next request', async () => {
    const { dispatch, attempts } = createWorld({ 'one/a': [fail('provider-auth')] })
    const route = sampleRoute([pooled])
    await dispatch(routedExchange(route))
    const refused = attempts[0]?.credential.id
    for (let round = 0; round < 10; round += 1) await dispatch(routedExchange(route))
    expect(attempts.slice(1).every(({ credential }) => credential.id !== refused)).toBe(true)
  })

  test('when all are limited, the client is told how long to wait and no provider is asked', async () => {
    const { dispatch, attempts, clock } = createWorld({ 'one/a': fail('provider-rate-limited', 30_000) })
    const route = sampleRoute([FIRST])
    await failureOf(dispatch(routedExchange(route)))
    clock.advance(10_000)
    const failure = await failureOf(dispatch(routedExchange(route)))
    expect(failure.status).toBe(429)
    expect(failure.details.retryAfterMs).toBe(20_000)
    expect(attempts).toHaveLength(1)
  })

  test('each has a repeat of its own when its kept connection was closed', async () => {
    const script = [fail('stale-connection'), fail('provider-rate-limited', 30_000), fail('stale-connection')]
    const { dispatch, attempts } = createWorld({ 'one/a': script })
    await dispatch(routedExchange(sampleRoute([pooled])))
    expect(attempts.map(({ freshConnection }) => freshConnection)).toEqual([false, true, false, true])
  })

  test('being limited by ourselves is no fault of the target', async () => {
    const { dispatch, health } = createWorld({ 'one/a': fail('provider-rate-limited', 30_000) })
    for (let round = 0; round < 50; round += 1) {
      await failureOf(dispatch(routedExchange(sampleRoute([FIRST]))))
    }
    expect(health.sizes().open).toBe(0)
  })
})

describe('a storm', () => {
  test('with the first target down, a thousand requests cost hardly more than a thousand attempts', async () => {
    const { dispatch, attempts, clock } = createWorld({ 'one/a': fail('provider-error') })
    for (let index = 0; index < 1_000; index += 1) {
      clock.advance(1)
      await dispatch(routedExchange(two))
    }
    expect(attempts.length).toBeLessThanOrEqual(1_100)
  })

  test('with everything down, extra attempts are bounded and the failure is the provider’s own', async () => {
    const route = { ...two, alsoFailOver: ['provider-rejected'] } as const
    const { dispatch, attempts } = createWorld({
      'one/a': fail('provider-rejected'),
      'two/b': fail('provider-rejected'),
    })
    for (let index = 0; index < 1_000; index += 1) {
      expect((await failureOf(dispatch(routedExchange(route)))).code).toBe('provider-rejected')
    }
    expect(attempts.length).toBeLessThanOrEqual(1_000 + 100 + 200)
  })
})

test('a session stays with its target while that is well, and comes back to it', async () => {
  const route = sampleRoute([FIRST, SECOND, THIRD], {
    ranking: sampleRanking('weighted'),
    affinity: { by: ['session'], bound: 2, ttlMs: 300_000 },
  })
  const { dispatch, attempts } = createWorld({})
  for (let turn = 0; turn < 50; turn += 1) {
    await dispatch(routedExchange(route, { requestOptions: { session: 'agent-7' } }))
  }
  expect(new Set(targetsOf(attempts)).size).toBe(1)
})

test('a target that was down for a minute is served around and returned to without flapping', async () => {
  let isDown = true
  const { dispatch, attempts, clock } = createWorld({
    'one/a': (attempt) => (isDown ? fail('provider-error')(attempt) : speak(attempt)),
  })
  const served: string[] = []
  const serve = async (): Promise<void> => {
    clock.advance(3_000)
    const exchange = routedExchange(two)
    await drain((await dispatch(exchange)).source)
    served.push(exchange.trail.served?.id ?? '')
  }
  for (let index = 0; index < 20; index += 1) await serve()
  expect(served.every((id) => id === 'two/b')).toBe(true)
  expect(targetsOf(attempts).filter((id) => id === 'one/a').length).toBeLessThanOrEqual(10)
  isDown = false
  for (let index = 0; index < 40; index += 1) await serve()
  const back = served.indexOf('one/a')
  expect(back).toBeGreaterThan(0)
  expect(served.slice(back).every((id) => id === 'one/a')).toBe(true)
})

describe('bounds', () => {
  const three = sampleRoute([FIRST, SECOND, THIRD])
  const allDown = {
    'one/a': fail('provider-error'),
    'two/b': fail('connect-failed'),
    'three/c': fail('provider-timeout'),
  }

  test('attempts end at the route’s maximum', async () => {
    const { dispatch, attempts } = createWorld(allDown)
    await failureOf(dispatch(routedExchange({ ...three, maxAttempts: 2 })))
    expect(targetsOf(attempts)).toEqual(['one/a', 'two/b'])
    expect(attempts.map(({ begun }) => begun?.for)).toEqual([undefined, 'fallback'])
  })

  test('a fresh connection is free, immediate and only once', async () => {
    const { dispatch, attempts } = createWorld({ 'one/a': fail('stale-connection') })
    await failureOf(dispatch(routedExchange(sampleRoute([FIRST], { maxAttempts: 1 }))))
    expect(attempts.map(({ freshConnection }) => freshConnection)).toEqual([false, true])
    expect(attempts.map(({ begun }) => begun?.for)).toEqual([undefined, 'retry'])
  })

  test('without fallback only the first target is asked', async () => {
    const { dispatch, attempts } = createWorld(allDown)
    await failureOf(dispatch(routedExchange(three, { requestOptions: { noFallback: true } })))
    expect(new Set(targetsOf(attempts))).toEqual(new Set(['one/a']))
  })

  test('nothing more is tried after the deadline', async () => {
    const { dispatch, attempts, clock } = createWorld({
      'one/a': async () => {
        clock.advance(5_000)
        throw new Failure('first-byte-timeout')
      },
    })
    await failureOf(dispatch(routedExchange(three, { deadlineAtMs: clock.nowMs() + 5_000 })))
    expect(attempts).toHaveLength(1)
  })

  test('nothing more is tried when the client has gone', async () => {
    const client = new AbortController()
    const { dispatch, attempts } = createWorld({
      'one/a': async () => {
        client.abort()
        throw new Failure('connection-reset')
      },
    })
    const failure = await failureOf(dispatch(routedExchange(three, { signal: client.signal })))
    expect(failure.code).toBe('client-gone')
    expect(attempts).toHaveLength(1)
  })

  test('the provider’s own words reach the client when there was one attempt', async () => {
    const upstream = { status: 418, family: 'sample', body: new Uint8Array([1]) }
    const original = new Failure('provider-rejected', { status: 418, upstream })
    const { dispatch } = createWorld({
      'one/a': async () => {
        throw original
      },
    })
    expect(await failureOf(dispatch(routedExchange(three)))).toBe(original)
  })
})

describe('the decision', () => {
  test('names every target in its order, and those that were left out with their reason', async () => {
    const { dispatch } = createWorld({ 'one/a': fail('provider-error') })
    const exchange = routedExchange(sampleRoute([LEFT_OUT, FIRST, SECOND, THIRD]))
    await dispatch(exchange)
    expect(exchange.trail.steps).toEqual([
      {
        step: 'filter',
        targets: [{ target: 'none/d', reason: 'credentials-exhausted', detail: 'there is none' }],
      },
      {
        step: 'rank',
        strategy: 'ordered',
        reason: 'first-in-order',
        targets: [{ target: 'one/a' }, { target: 'two/b' }, { target: 'three/c' }],
      },
    ])
  })

  test('is kept when there was no candidate', async () => {
    const { dispatch } = createWorld({})
    const exchange = routedExchange(sampleRoute([FIRST]))
    const caller = sampleCaller({ models: ['two/*'] })
    const failure = await failureOf(dispatch({ ...exchange, caller }))
    expect(failure.code).toBe('model-not-allowed')
    expect(exchange.trail.steps).toEqual([
      { step: 'filter', targets: [{ target: 'one/a', reason: 'key-forbids' }] },
    ])
  })

  test('a key limited to one provider never reaches another by fallback', async () => {
    const { dispatch, attempts } = createWorld({ 'one/a': fail('provider-error') })
    const caller = sampleCaller({ models: ['one/*'] })
    await failureOf(dispatch(routedExchange(two, { caller })))
    expect(new Set(targetsOf(attempts))).toEqual(new Set(['one/a']))
  })
})

test('when everything rests, one request at a time is let through as a last resort', async () => {
  const { dispatch, attempts } = createWorld({ 'one/a': fail('provider-error') })
  const route = sampleRoute([FIRST])
  for (let index = 0; index < 5; index += 1) await failureOf(dispatch(routedExchange(route)))
  const asked = attempts.length
  const [first, second] = await Promise.all([
    failureOf(dispatch(routedExchange(route))),
    failureOf(dispatch(routedExchange(route))),
  ])
  expect(attempts.length).toBe(asked + 1)
  expect(attempts.at(-1)?.lastResort).toBe(true)
  expect(first.code).toBe('provider-error')
  expect(second.code).toBe('circuit-open')
  expect(second.details.retryAfterMs).toBeGreaterThan(0)
})
