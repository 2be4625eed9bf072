import { describe, expect, test } from 'bun:test'
import { sampleCaller } from '../../exchange/caller.fixture.ts'
import type { Account, RateLimits } from '../../exchange/account.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import { featuresOf } from '../../exchange/operations/all.ts'
import type { ModelResponse } from '../../exchange/response.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import type { ChatRequest } from '../../exchange/chat.ts'
import { sampleChat, sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import { createMemoryCounters } from '../../store/memory/counters.ts'
import type { HandleExchange } from '../policy.ts'
import {
  admitting,
  answer,
  createRecordingTelemetry,
  drain,
  playSource,
  respond,
  sampleExchange,
  sampleResult,
  sampleUsage,
} from '../samples.fixture.ts'
import { createLimitRate } from './limit-rate.ts'

const TARGET = sampleTarget('one/a')
const ESTIMATE = featuresOf(sampleChat()).inputTokens

const account = (limits: RateLimits, scope: Account['scope'] = 'key'): Account => ({
  scope,
  id: `${scope}-1`,
  name: scope,
  limits,
  budgets: [],
})

/** Spends some tokens, as the layers below do. */
const spending =
  (tokens: number): HandleExchange =>
  async ({ trail }) => {
    trail.close(sampleResult({ usage: sampleUsage({ inputTokens: tokens, outputTokens: 0 }) }))
    return respond(TARGET, playSource([answer()]))
  }

function createWorld(
  accounts: readonly Account[],
  next: HandleExchange = spending(ESTIMATE),
  routed: Partial<Exchange> = {},
) {
  const steady = createManualClock()
  let steppedMs = 0
  const clock = { ...steady, nowMs: () => steady.nowMs() + steppedMs }
  const telemetry = createRecordingTelemetry()
  const counters = createMemoryCounters()
  const handle = admitting(createLimitRate({ counters, clock, telemetry }), next)
  let asked = 0
  const start = async (): Promise<{ exchange: Exchange; response?: ModelResponse; failure?: Failure }> => {
    asked += 1
    const exchange = sampleExchange({ id: `req_${asked}`, caller: sampleCaller({ accounts }), ...routed })
    try {
      return { exchange, response: await handle(exchange) }
    } catch (thrown) {
      if (thrown instanceof Failure) return { exchange, failure: thrown }
      throw thrown
    }
  }
  const run = async () => {
    const started = await start()
    if (started.response !== undefined) await drain(started.response.source)
    return started
  }
  const stepWallClock = (byMs: number): void => void (steppedMs += byMs)
  return { clock, start, run, telemetry, stepWallClock }
}

describe('requests per minute', () => {
  test.each([1, 2, 3, 4, 5])('a limit of %i admits exactly that many', async (limit) => {
    const { run } = createWorld([account({ requestsPerMinute: limit })])
    const outcomes: string[] = []
    for (let index = 0; index < limit + 2; index += 1) outcomes.push((await run()).failure?.code ?? 'ok')
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(limit)
    expect(outcomes.at(-1)).toBe('rate-limited')
  })

  test('are given back when a layer further in refuses before anything was sent', async () => {
    const endings: HandleExchange[] = [
      async () => {
        throw new Failure('budget-exceeded')
      },
      spending(1),
    ]
    let turn = 0
    const { run } = createWorld([account({ requestsPerMinute: 2 })], (exchange) => {
      turn += 1
      return (turn <= 5 ? endings[0] : endings[1])?.(exchange) ?? Promise.reject(new Error('no ending'))
    })
    const codes: (string | undefined)[] = []
    for (let index = 0; index < 8; index += 1) codes.push((await run()).failure?.code)
    expect(codes).toEqual([
      ...Array.from({ length: 5 }, () => 'budget-exceeded'),
      undefined,
      undefined,
      'rate-limited',
    ])
  })

  test('a refusal says whose limit, how large, and when to come back', async () => {
    const { run, clock } = createWorld([account({}), account({ requestsPerMinute: 1 }, 'project')])
    await run()
    const { failure } = await run()
    expect(failure?.status).toBe(429)
    expect(failure?.details.facts).toMatchObject({
      scope: 'project',
      metric: 'requests',
      limit: 1,
      window: '1m',
      resets_at: expect.stringMatching(/^\d{4}-/),
    })
    expect(failure?.details.headers).toMatchObject({
      'x-ratelimit-limit-requests': '1',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': expect.stringMatching(/^\d+s$/),
    })
    clock.advance(failure?.details.retryAfterMs ?? 0)
    expect((await run()).failure).toBeUndefined()
  })

  test('success carries the headers of the same counter', async () => {
    const { run } = createWorld([account({ requestsPerMinute: 9, tokensPerMinute: 1_000 })])
    const { exchange } = await run()
    expect(exchange.trail.limitHeaders).toMatchObject({
      'x-ratelimit-limit-requests': '9',
      'x-ratelimit-remaining-requests': '8',
      'x-ratelimit-limit-tokens': '1000',
      'x-ratelimit-remaining-tokens': String(1_000 - ESTIMATE),
    })
    expect(Object.keys(exchange.trail.limitHeaders)).toHaveLength(6)
  })

  test('the tightest of several accounts is shown', async () => {
    const { run } = createWorld([
      account({ requestsPerMinute: 100 }),
      account({ requestsPerMinute: 5 }, 'project'),
    ])
    const { exchange } = await run()
    expect(exchange.trail.limitHeaders['x-ratelimit-remaining-requests']).toBe('4')
  })
})

describe('tokens per minute', () => {
  test('are taken by estimate, so a request that does not fit is refused', async () => {
    const { run } = createWorld([account({ tokensPerMinute: ESTIMATE * 2 + 1 })])
    expect([await run(), await run(), await run()].map(({ failure }) => failure?.code)).toEqual([
      undefined,
      undefined,
      'rate-limited',
    ])
  })

  test('are corrected upwards by what was used', async () => {
    const { run } = createWorld([account({ tokensPerMinute: 1_000 })], spending(900))
    await run()
    const { exchange } = await run()
    expect(exchange.trail.limitHeaders['x-ratelimit-remaining-tokens']).toBe(String(100 - ESTIMATE))
  })

  test('are given back when nothing was used', async () => {
    const { run } = createWorld([account({ tokensPerMinute: 1_000 })], async () => {
      throw new Failure('connect-failed')
    })
    for (let index = 0; index < 5; index += 1) await run()
    const { exchange } = await run()
    expect(exchange.trail.limitHeaders['x-ratelimit-remaining-tokens']).toBe(String(1_000 - ESTIMATE))
  })
})

describe('tokens that are still to come', () => {
  /** What is left of a limit while a request is under way, and once it has used some tokens. */
  async function remaining(
    limit: number,
    wanted: Partial<ChatRequest>,
    used: number,
  ): Promise<readonly number[]> {
    let ending: HandleExchange = async ({ trail }) => {
      trail.close(sampleResult({ usage: sampleUsage({ inputTokens: used, outputTokens: 0 }) }))
      return respond(TARGET, playSource([answer()]))
    }
    const routed = { route: sampleRoute([TARGET]), request: sampleChat(wanted) }
    const { start } = createWorld(
      [account({ tokensPerMinute: limit })],
      (exchange) => ending(exchange),
      routed,
    )
    const { exchange, response } = await start()
    if (response !== undefined) await drain(response.source)
    ending = async () => {
      throw new Failure('connect-failed')
    }
    const after = await start()
    return [exchange, after.exchange].map(({ trail }) =>
      Number(trail.limitHeaders['x-ratelimit-remaining-tokens']),
    )
  }

  test('are taken until it is known how many came', async () => {
    const [during, after] = await remaining(10_000, { maxOutputTokens: 300, choices: 2 }, 50)
    expect(during).toBe(10_000 - ESTIMATE - 600)
    expect(after).toBe(10_000 - 50 - ESTIMATE - 600)
  })

  test('take a quarter of the limit at most, so that an answer which may be long leaves room for others', async () => {
    expect(await remaining(10_000, { maxOutputTokens: 64_000 }, 50)).toEqual([
      10_000 - ESTIMATE - 2_500,
      10_000 - 50 - ESTIMATE - 2_500,
    ])
    expect((await remaining(10_000, {}, 50))[0]).toBe(10_000 - ESTIMATE - 2_500)
  })

  test('never make a request too large whose input has room', async () => {
    expect((await remaining(ESTIMATE + 1, { maxOutputTokens: 64_000 }, ESTIMATE))[0]).toBe(0)
  })

  test('are none where tokens are only counted', async () => {
    const chat = sampleChat()
    const request = { operation: 'count-tokens', model: 'm', chat, stream: false } as const
    const { run } = createWorld([account({ tokensPerMinute: 10_000 })], spending(0), {
      route: sampleRoute([TARGET]),
      request,
    })
    const { exchange } = await run()
    expect(exchange.trail.limitHeaders['x-ratelimit-remaining-tokens']).toBe(String(10_000 - ESTIMATE))
  })
})

test('a request that is larger than its limit is not told to wait', async () => {
  const { run } = createWorld([account({ requestsPerMinute: 5, tokensPerMinute: ESTIMATE - 1 })])
  const { failure } = await run()
  expect(failure).toMatchObject({ code: 'rate-limited', status: 429 })
  expect(failure?.message).toContain(`counts as ${ESTIMATE} tokens`)
  expect(failure?.details.retryAfterMs).toBeUndefined()
  expect(failure?.details.facts).toMatchObject({ metric: 'tokens', requested: ESTIMATE, resets_at: null })
  expect(failure?.details.headers).toMatchObject({ 'x-ratelimit-remaining-requests': '5' })
})

test('tokens of a long request are not given back out of what others used since', async () => {
  let ending: HandleExchange = async () => respond(TARGET, playSource([]))
  const limit = ESTIMATE * 10
  const { start, run, clock } = createWorld([account({ tokensPerMinute: limit })], (exchange) =>
    ending(exchange),
  )
  const { response } = await start()
  clock.advance(120_000)
  ending = spending(ESTIMATE * 8)
  await run()
  response?.source.cancel(new Failure('client-gone'))
  const { exchange } = await run()
  expect(exchange.trail.limitHeaders['x-ratelimit-remaining-tokens']).toBe(String(ESTIMATE))
})

describe('a wall clock that steps', () => {
  const HOUR_MS = 3_600_000

  test('back does not keep a full window full', async () => {
    const { run, clock, stepWallClock } = createWorld([account({ requestsPerMinute: 1 })])
    await run()
    stepWallClock(-HOUR_MS)
    const { failure } = await run()
    expect(failure?.details.retryAfterMs).toBeLessThan(64_000)
    clock.advance(64_000)
    expect((await run()).failure).toBeUndefined()
  })

  test('forward neither empties a window nor frees a place that is taken', async () => {
    const { run, start, stepWallClock } = createWorld([
      account({ requestsPerMinute: 2, parallelRequests: 1 }),
    ])
    await start()
    stepWallClock(HOUR_MS)
    expect((await run()).failure?.details.facts).toMatchObject({ metric: 'concurrency' })
    const other = createWorld([account({ requestsPerMinute: 1 })])
    await other.run()
    other.stepWallClock(HOUR_MS)
    expect((await other.run()).failure?.details.facts).toMatchObject({ metric: 'requests' })
  })
})

describe('requests at a time', () => {
  const limits = { parallelRequests: 1, requestsPerMinute: 2 }

  test('a refused one consumes nothing else', async () => {
    const { start, run } = createWorld([account(limits)])
    const running = await start()
    const refused = await run()
    expect(refused.failure?.details.facts).toMatchObject({ metric: 'concurrency', limit: 1 })
    expect(refused.failure?.details.headers).toMatchObject({
      'x-ratelimit-limit-requests': '2',
      'x-ratelimit-remaining-requests': '1',
      'x-ratelimit-reset-requests': expect.stringMatching(/^\d+s$/),
    })
    if (running.response !== undefined) await drain(running.response.source)
    expect((await run()).failure).toBeUndefined()
  })

  test('a place is not kept by a request that was refused for its rate', async () => {
    const { run, clock } = createWorld([account({ parallelRequests: 1, requestsPerMinute: 1 })])
    await run()
    expect((await run()).failure?.details.facts).toMatchObject({ metric: 'requests' })
    clock.advance(70_000)
    expect((await run()).failure).toBeUndefined()
  })

  test('places are free again after success, failure, broken streams and clients that left', async () => {
    const endings: HandleExchange[] = [
      spending(1),
      async () => {
        throw new Failure('provider-error')
      },
      async () => respond(TARGET, playSource([[{ type: 'failure', failure: new Failure('idle-timeout') }]])),
      async () => respond(TARGET, playSource([])),
    ]
    let turn = 0
    const { run, start } = createWorld([account({ parallelRequests: 1 })], (exchange) => {
      turn += 1
      const ending = endings[turn % endings.length]
      if (ending === undefined) throw new Error('no ending')
      return ending(exchange)
    })
    for (let index = 0; index < 40; index += 1) {
      expect((await run()).failure?.code).not.toBe('rate-limited')
      turn = 3
      const { response, failure } = await start()
      expect(failure?.code).not.toBe('rate-limited')
      response?.source.cancel(new Failure('client-gone'))
      turn = index
    }
  })
})

test('a caller without limits passes without touching a counter', async () => {
  const { run } = createWorld([account({}), account({}, 'project')])
  const { exchange } = await run()
  expect(exchange.trail.limitHeaders).toEqual({})
})

test('what the house asks on behalf of a request takes tokens, but no place and no request of its own', async () => {
  const accounts = [account({ parallelRequests: 1, requestsPerMinute: 1, tokensPerMinute: 10 * ESTIMATE })]
  const counters = createMemoryCounters()
  const parts = { counters, clock: createManualClock(), telemetry: createRecordingTelemetry() }
  const limitRate = createLimitRate(parts)
  const caller = sampleCaller({ accounts })
  const parent = await limitRate(sampleExchange({ caller }))
  const asked = { purpose: 'judge', parentId: parent.id } as const
  const { trail } = await limitRate(sampleExchange({ id: 'req_2', caller, asked }))
  expect(trail.limitHeaders).not.toHaveProperty('x-ratelimit-remaining-requests')
  expect(trail.limitHeaders).toHaveProperty('x-ratelimit-remaining-tokens')
})

test('what a rate has refused leaves its slots at once, since it may wait for that rate', async () => {
  const parts = {
    counters: createMemoryCounters(),
    clock: createManualClock(),
    telemetry: createRecordingTelemetry(),
  }
  const admit = createLimitRate(parts)
  const shared = account({ parallelRequests: 2 }, 'organisation')
  const enter = async (id: string, own: RateLimits): Promise<void> => {
    const caller = sampleCaller({ accounts: [account(own, 'project'), shared] })
    await admit(sampleExchange({ id, caller }))
  }
  const narrow = { requestsPerMinute: 1 }
  await enter('first', narrow)
  expect(enter('second', narrow)).rejects.toThrow('requests per minute')
  await enter('elsewhere', {})
})
