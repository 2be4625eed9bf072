import { describe, expect, test } from 'bun:test'
import { sampleCaller } from '../../exchange/caller.fixture.ts'
import type { Account } from '../../exchange/account.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { Route } from '../../exchange/route.ts'
import { Failure } from '../../exchange/failure.ts'
import { featuresOf } from '../../exchange/operations/all.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { parseUsd } from '../../kit/money.ts'
import { createBudgets } from '../../ledger/budgets.ts'
import { sampleChat, sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import { balanceOf } from '../../store/balance.fixture.ts'
import { createMemoryCounters } from '../../store/memory/counters.ts'
import type { HandleExchange } from '../policy.ts'
import {
  admitting,
  answer,
  createRecordingTelemetry,
  drain,
  playSource,
  respond,
  routedExchange,
  sampleResult,
} from '../samples.fixture.ts'
import type { UpperBound } from '../most-cost.ts'
import { createReserveBudget } from './reserve-budget.ts'

const TARGET = sampleTarget('one/a')
const ROUTE = sampleRoute([TARGET])
const { price: _price, ...UNPRICED } = sampleTarget('two/b')
const INPUT = featuresOf(sampleChat()).inputTokens
/** One nano-USD per token, in or out. */
const upperBound: UpperBound = ({ inputTokens, maxOutputTokens }) => BigInt(inputTokens + maxOutputTokens)

const budgeted = (limitNanoUsd: bigint): Account => ({
  scope: 'key',
  id: 'key-1',
  name: 'bot',
  limits: {},
  budgets: [{ window: 'total', limitNanoUsd }],
})

/** Costs so much, in one attempt each. */
const costing =
  (...amounts: (bigint | undefined)[]): HandleExchange =>
  async ({ trail }) => {
    for (const costNanoUsd of amounts) {
      trail.close(sampleResult(costNanoUsd === undefined ? {} : { costNanoUsd }))
    }
    return respond(TARGET, playSource([answer()]))
  }

function createWorld(account: Account, next: HandleExchange) {
  const clock = createManualClock()
  const counters = createMemoryCounters()
  const budgets = createBudgets({ counters, ledger: { spentSince: async () => 0n }, clock })
  const telemetry = createRecordingTelemetry()
  let asked = 0
  let passed = 0
  const reserve = createReserveBudget({ budgets, upperBound, telemetry })
  const handle = admitting(reserve, (exchange) => {
    passed += 1
    return next(exchange)
  })
  return {
    passed: () => passed,
    balance: async () => {
      const balance = await balanceOf(counters, 'key:key-1:total:0')
      const limit = account.budgets[0]?.limitNanoUsd ?? 0n
      return balance && limit - balance.spentNanoUsd - balance.heldNanoUsd
    },
    async start(route: Route = ROUTE, changes: Partial<Exchange> = {}) {
      asked += 1
      const caller = sampleCaller({ accounts: [account] })
      const request = sampleChat({ maxOutputTokens: 1_000 })
      try {
        const exchange = routedExchange(route, { id: `req_${asked}`, caller, request, ...changes })
        return { response: await handle(exchange) }
      } catch (thrown) {
        if (thrown instanceof Failure) return { failure: thrown }
        throw thrown
      }
    },
  }
}

const HELD = BigInt(Math.ceil(INPUT * 1.1) + 16 + 1_000)

describe('a budget', () => {
  test('holds the most a request may cost, and afterwards only what it did cost', async () => {
    const { start, balance } = createWorld(budgeted(10_000n), costing(30n, 12n))
    const { response } = await start()
    expect(await balance()).toBe(10_000n - HELD)
    if (response !== undefined) await drain(response.source)
    expect(await balance()).toBe(10_000n - 42n)
  })

  test('settles once, however the response ends', async () => {
    const { start, balance } = createWorld(budgeted(10_000n), costing(10n))
    const { response } = await start()
    response?.source.cancel(new Failure('client-gone'))
    response?.source.cancel(new Failure('client-gone'))
    expect(await balance()).toBe(9_990n)
  })

  test('gets everything back when the request failed without costing anything', async () => {
    const { start, balance } = createWorld(budgeted(10_000n), async () => {
      throw new Failure('connect-failed')
    })
    expect((await start()).failure?.code).toBe('connect-failed')
    expect(await balance()).toBe(10_000n)
  })

  test('counts what is priced when an attempt had no price', async () => {
    const { start, balance } = createWorld(budgeted(10_000n), costing(undefined, 5n))
    const { response } = await start()
    if (response !== undefined) await drain(response.source)
    expect(await balance()).toBe(9_995n)
  })

  test('admits no more than it holds when requests come at once (law 10)', async () => {
    const { start, passed } = createWorld(budgeted(HELD * 3n), costing(1n))
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => start()))
    expect(outcomes.filter(({ response }) => response !== undefined)).toHaveLength(3)
    expect(passed()).toBe(3)
    expect(outcomes.at(-1)?.failure?.code).toBe('budget-reserved')
  })

  test('that is spent is 402 and asks nobody', async () => {
    const { start, passed } = createWorld(budgeted(HELD), costing(HELD))
    const { response } = await start()
    if (response !== undefined) await drain(response.source)
    expect((await start()).failure).toMatchObject({ code: 'budget-exceeded', status: 402 })
    expect(passed()).toBe(1)
  })

  test('too small for the request says so', async () => {
    const { start } = createWorld(budgeted(HELD - 1n), costing(1n))
    expect((await start()).failure).toMatchObject({ code: 'request-exceeds-budget', status: 402 })
  })
})

describe('how much is held', () => {
  const heldFor = async (route: Route, changes: Partial<Exchange>): Promise<bigint> => {
    const limit = parseUsd(1_000)
    const { start, balance } = createWorld(budgeted(limit), costing(0n))
    await start(route, changes)
    return limit - ((await balance()) ?? 0n)
  }
  const input = BigInt(Math.ceil(INPUT * 1.1) + 16)

  test('the model’s own limit of output when the client names none, else eight thousand and the reasoning it wants', async () => {
    const known = sampleRoute([sampleTarget('one/a', { capabilities: { maxOutputTokens: 7_000 } })])
    expect(await heldFor(known, { request: sampleChat() })).toBe(input + 7_000n)
    expect(await heldFor(ROUTE, { request: sampleChat() })).toBe(input + 8_192n)
    const reasoning = sampleChat({ reasoning: { mode: 'on', budgetTokens: 20_000 } })
    expect(await heldFor(ROUTE, { request: reasoning })).toBe(input + 28_192n)
    expect(await heldFor(known, { request: reasoning })).toBe(input + 7_000n)
  })

  test('as good as nothing for counting tokens, which is free', async () => {
    const request = { operation: 'count-tokens', model: 'one/a', chat: sampleChat(), stream: false } as const
    expect(await heldFor(ROUTE, { request })).toBe(1n)
  })

  test('every choice that was asked for', async () => {
    const request = sampleChat({ choices: 3, maxOutputTokens: 100 })
    expect(await heldFor(ROUTE, { request })).toBe(input + 300n)
  })

  test('the dearest target that the key may reach', async () => {
    const dear = sampleTarget('dear/c', { capabilities: { defaultOutputTokens: 50_000 } })
    const route = sampleRoute([TARGET], { fallback: [{ target: dear, weight: 1 }] })
    const request = sampleChat()
    const accounts = [budgeted(parseUsd(1_000))]
    expect(await heldFor(route, { request })).toBe(input + 50_000n + input)
    expect(await heldFor(route, { request, requestOptions: { noFallback: true } })).toBe(input + 8_192n)
    const caller = sampleCaller({ models: ['one/*'], accounts })
    expect(await heldFor(route, { request, caller })).toBe(input + 8_192n)
  })
})

test('the input is held once more for each attempt that may be charged before the answer', async () => {
  const targets = ['one/a', 'one/b', 'one/c'].map((id) => sampleTarget(id))
  const { start, balance } = createWorld(budgeted(10_000n), costing(1n))
  const held = async (changes: Partial<Route>, exchange: Partial<Exchange> = {}): Promise<bigint> => {
    const before = (await balance()) ?? 10_000n
    const { response } = await start({ ...sampleRoute(targets), ...changes }, exchange)
    const during = (await balance()) ?? 0n
    if (response !== undefined) await drain(response.source)
    return before - during
  }
  expect(await held({ maxAttempts: 5 })).toBe(HELD + 2n * (HELD - 1_000n))
  expect(await held({ maxAttempts: 2 })).toBe(HELD + (HELD - 1_000n))
  expect(await held({ maxAttempts: 1 })).toBe(HELD)
  expect(await held({ maxAttempts: 5 }, { requestOptions: { noFallback: true } })).toBe(HELD)
})

describe('models without a price', () => {
  test('are refused before anything is held when the route denies them', async () => {
    const { start, balance, passed } = createWorld(budgeted(100n), costing())
    const { failure } = await start(sampleRoute([UNPRICED], { unpriced: 'deny' }))
    expect(failure?.code).toBe('unpriced-model')
    expect(passed()).toBe(0)
    expect(await balance()).toBeUndefined()
  })

  test('are refused to whoever has a budget unless they are allowed, in words that say what to do', async () => {
    const { start, passed } = createWorld(budgeted(100n), costing())
    const { failure } = await start(sampleRoute([UNPRICED], { unpriced: 'without-budget' }))
    expect(failure?.code).toBe('unpriced-model')
    expect(failure?.message).toContain('models."two/b".price')
    expect(failure?.message).toContain('unpriced: allow')
    expect(passed()).toBe(0)
  })

  test('are no reason to refuse a route that has a priced one, which is what is held for', async () => {
    const { start, balance } = createWorld(budgeted(10_000n), costing(1n))
    const route = sampleRoute([UNPRICED, TARGET], { unpriced: 'without-budget' })
    expect((await start(route)).failure).toBeUndefined()
    expect(await balance()).toBe(10_000n - HELD)
  })

  test('do not keep anybody from counting tokens, which is free', async () => {
    const { start } = createWorld(budgeted(100n), costing())
    const chat = sampleChat()
    const request = { operation: 'count-tokens', model: 'm', chat, stream: false } as const
    const route = sampleRoute([UNPRICED], { unpriced: 'without-budget' })
    expect((await start(route, { request })).failure).toBeUndefined()
  })

  test('pass where they are allowed, unless the budget is spent', async () => {
    const { start } = createWorld(budgeted(1n), costing(undefined))
    const route = sampleRoute([UNPRICED])
    expect((await start(route)).failure).toBeUndefined()
    const spent = createWorld(budgeted(0n), costing(undefined))
    expect((await spent.start(route)).failure?.code).toBe('budget-exceeded')
  })
})

test('a caller without budgets passes through, whatever the price', async () => {
  const unlimited: Account = { scope: 'key', id: 'k', name: 'k', limits: {}, budgets: [] }
  const { start, passed } = createWorld(unlimited, costing(1n))
  expect((await start(sampleRoute([UNPRICED], { unpriced: 'deny' }))).failure).toBeUndefined()
  expect(passed()).toBe(1)
})
