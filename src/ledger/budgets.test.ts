import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { Account } from '../exchange/account.ts'
import { toFailure, type Failure } from '../exchange/failure.ts'
import { BudgetPeriods } from '../exchange/budget-periods.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'
import { balanceOf } from '../store/balance.fixture.ts'
import { createMemoryCounters } from '../store/memory/counters.ts'
import type { CounterStore } from '../store/store.ts'
import { createBudgets } from './budgets.ts'

const START_MS = Date.UTC(2026, 0, 31, 23, 30)
const USD = 1_000_000_000n

const account = (changes: Partial<Account> = {}): Account => ({
  scope: 'key',
  id: 'key000000001',
  name: 'demo',
  limits: {},
  budgets: [{ window: 'day', limitNanoUsd: 10n * USD }],
  ...changes,
})

const budgetPeriods = (...accounts: readonly Account[]): BudgetPeriods => new BudgetPeriods(accounts)

function open(spent: bigint | Error = 0n) {
  const clock = createManualClock(START_MS)
  const reads: string[] = []
  const counters = createMemoryCounters()
  const budgets = createBudgets({
    counters,
    clock,
    ledger: {
      async spentSince({ scope, id }, fromMs) {
        reads.push(`${scope} ${id} ${new Date(fromMs).toISOString()}`)
        if (spent instanceof Error) throw spent
        return spent
      },
    },
  })
  const balances = (list: BudgetPeriods) =>
    Promise.all(list.at(clock.nowMs()).map((budgetPeriod) => balanceOf(counters, budgetPeriod.account)))
  return { budgets, clock, reads, balances }
}

async function refused(reserve: () => MaybePromise<void>): Promise<Failure> {
  try {
    await reserve()
  } catch (thrown) {
    return toFailure(thrown)
  }
  throw new Error('was admitted')
}

const admits = (reserve: () => MaybePromise<void>): Promise<boolean> =>
  refused(reserve).then(
    () => false,
    () => true,
  )

describe('budgets', () => {
  test('a spent budget is a 402 that says whose, how much and until when', async () => {
    const { budgets } = open(10n * USD)
    const failure = await refused(() => budgets.reserve('att_1', budgetPeriods(account()), 5n))
    expect(failure.code).toBe('budget-exceeded')
    expect(failure.status).toBe(402)
    expect(failure.details.facts).toEqual({
      scope: 'key',
      id: 'key000000001',
      name: 'demo',
      window: 'day',
      limit_usd: '10.000000',
      spent_usd: '10.000000',
      reserved_usd: '0.000000',
      resets_at: '2026-02-01T00:00:00.000Z',
    })
    expect(failure.message).toContain('day budget of key demo is spent: $10.000000 of $10.000000')
  })

  test('a budget that is exactly spent refuses what costs nothing or has no price', async () => {
    const { budgets } = open(10n * USD)
    expect((await refused(() => budgets.reserve('att_1', budgetPeriods(account()), 0n))).code).toBe(
      'budget-exceeded',
    )
  })

  test('a request that could cost more than is left is a 402 with its estimate', async () => {
    const { budgets } = open(9n * USD)
    const failure = await refused(() => budgets.reserve('att_1', budgetPeriods(account()), USD + 1n))
    expect(failure.code).toBe('request-exceeds-budget')
    expect(failure.status).toBe(402)
    expect(failure.details.facts?.['estimate_usd']).toBe('1.000000001')
    await budgets.reserve('att_2', budgetPeriods(account()), USD)
  })

  test('money held by others is a 429 with a time to wait', async () => {
    const { budgets } = open()
    await budgets.reserve('att_1', budgetPeriods(account()), 8n * USD)
    const failure = await refused(() => budgets.reserve('att_2', budgetPeriods(account()), 3n * USD))
    expect(failure.code).toBe('budget-reserved')
    expect(failure.status).toBe(429)
    expect(failure.details.retryAfterMs).toBeGreaterThan(0)
    expect(failure.details.facts?.['reserved_usd']).toBe('8.000000')
    await budgets.settle('att_1', USD)
    await budgets.reserve('att_2', budgetPeriods(account()), 3n * USD)
  })

  test('of 20 requests of $0.004 at once, a budget of $0.01 admits two', async () => {
    const { budgets } = open()
    const small = account({ budgets: [{ window: 'total', limitNanoUsd: USD / 100n }] })
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, async (_, index) =>
        budgets.reserve(`att_${index}`, budgetPeriods(small), (USD * 4n) / 1000n),
      ),
    )
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(2)
  })

  test('every budget of every account must have room, and a refusal holds nothing', async () => {
    const { budgets, balances } = open()
    const project = account({
      scope: 'project',
      id: 'search',
      name: 'search',
      budgets: [
        { window: 'hour', limitNanoUsd: 2n * USD },
        { window: 'total', limitNanoUsd: USD },
      ],
    })
    const failure = await refused(() => budgets.reserve('att_1', budgetPeriods(account(), project), 2n * USD))
    expect(failure.details.facts).toMatchObject({ scope: 'project', window: 'total', resets_at: null })
    const untouched = { spentNanoUsd: 0n, heldNanoUsd: 0n }
    expect(await balances(budgetPeriods(account(), project))).toEqual([untouched, untouched, untouched])
  })

  test('a new window starts from what the ledger knows of it, without any job', async () => {
    const { budgets, clock, reads } = open(10n * USD)
    await refused(() => budgets.reserve('att_1', budgetPeriods(account()), 5n))
    clock.advance(60 * 60_000)
    await refused(() => budgets.reserve('att_2', budgetPeriods(account()), 5n))
    expect(reads).toEqual([
      'key key000000001 2026-01-31T00:00:00.000Z',
      'key key000000001 2026-02-01T00:00:00.000Z',
    ])
  })

  test('what was reserved before midnight is settled in the window in which it was reserved', async () => {
    const { budgets, clock, balances } = open()
    await budgets.reserve('att_1', budgetPeriods(account()), 6n * USD)
    clock.advance(60 * 60_000)
    await budgets.reserve('att_2', budgetPeriods(account()), 10n * USD)
    await budgets.settle('att_1', 6n * USD)
    await budgets.settle('att_2', 1n)
    expect(await balances(budgetPeriods(account()))).toEqual([{ spentNanoUsd: 1n, heldNanoUsd: 0n }])
  })

  test('what an id holds can be raised, also after midnight, as far as the window has room in which it was reserved', async () => {
    const { budgets, clock, balances } = open()
    await budgets.reserve('att_1', budgetPeriods(account()), 6n * USD)
    clock.advance(60 * 60_000)
    await budgets.reserve('att_2', budgetPeriods(account()), 10n * USD)
    await budgets.reserve('att_1', budgetPeriods(account()), 10n * USD)
    const failure = await refused(() => budgets.reserve('att_1', budgetPeriods(account()), 10n * USD + 1n))
    expect(failure.code).toBe('request-exceeds-budget')
    expect(await balances(budgetPeriods(account()))).toEqual([{ spentNanoUsd: 0n, heldNanoUsd: 10n * USD }])
  })

  test('nothing is admitted while the spending is not known', async () => {
    const { budgets } = open(new Error('store down'))
    expect((await refused(() => budgets.reserve('att_1', budgetPeriods(account()), 5n))).code).toBe(
      'ledger-unavailable',
    )
  })

  test('what is not known of the spending is read again for the next who asks', async () => {
    let isDown = true
    const budgets = createBudgets({
      counters: createMemoryCounters(),
      clock: createManualClock(START_MS),
      ledger: {
        async spentSince() {
          if (isDown) throw new Error('store down')
          return 0n
        },
      },
    })
    expect((await refused(() => budgets.reserve('att_1', budgetPeriods(account()), 5n))).code).toBe(
      'ledger-unavailable',
    )
    isDown = false
    await budgets.reserve('att_2', budgetPeriods(account()), 5n)
  })

  test('the spending of a window is read once, however many ask first', async () => {
    const gate = Promise.withResolvers<bigint>()
    let reads = 0
    const budgets = createBudgets({
      counters: createMemoryCounters(),
      clock: createManualClock(START_MS),
      ledger: {
        spentSince() {
          reads += 1
          return gate.promise
        },
      },
    })
    const asked = Array.from({ length: 20 }, (_, index) =>
      admits(() => budgets.reserve(`att_${index}`, budgetPeriods(account()), USD)),
    )
    gate.resolve(4n * USD)
    expect((await Promise.all(asked)).filter((admitted) => admitted)).toHaveLength(6)
    expect(reads).toBe(1)
  })

  test('however reservations and slow readings of the spending interleave, no more is admitted than fits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.bigInt({ min: 0n, max: 60n }), async (scheduler, spent) => {
        const budgets = createBudgets({
          counters: createMemoryCounters(),
          clock: createManualClock(START_MS),
          ledger: { spentSince: () => scheduler.schedule(Promise.resolve(spent)) },
        })
        const shared = account({ scope: 'project', budgets: [{ window: 'day', limitNanoUsd: 50n }] })
        const own = account({ budgets: [{ window: 'day', limitNanoUsd: 50n }] })
        const asked = Array.from({ length: 8 }, (_, index) =>
          admits(() =>
            budgets.reserve(
              `att_${index}`,
              budgetPeriods(...(index % 2 === 0 ? [own, shared] : [shared])),
              10n,
            ),
          ),
        )
        const admitted = (await scheduler.waitFor(Promise.all(asked))).filter(
          (isAdmitted) => isAdmitted,
        ).length
        const room = spent > 50n ? 0n : (50n - spent) / 10n
        expect(BigInt(admitted)).toBe(room > 8n ? 8n : room)
      }),
      { numRuns: 100 },
    )
  })

  test('counters that forget an account while another is read are asked again', async () => {
    const memory = createMemoryCounters()
    const forgotten = [['project:p:day', 'key:k:day'], ['key:k:day']]
    const asked: (bigint | undefined)[][] = []
    const counters: CounterStore = {
      ...memory,
      reserve(id, amount, holds, nowMs) {
        asked.push(holds.map(({ openingNanoUsd }) => openingNanoUsd))
        const [unknown] = forgotten.splice(-1)
        if (unknown === undefined) return memory.reserve(id, amount, holds, nowMs)
        const names = holds.map(({ account: name }) => name)
        return {
          admitted: false,
          unknown: names.filter((name) => unknown.some((start) => name.startsWith(start))),
        }
      },
    }
    const ledger = { spentSince: async () => 3n }
    const budgets = createBudgets({ counters, ledger, clock: createManualClock(START_MS) })
    await budgets.reserve(
      'att_1',
      budgetPeriods(account({ id: 'k' }), account({ scope: 'project', id: 'p' })),
      5n,
    )
    expect(asked).toEqual([
      [undefined, undefined],
      [3n, undefined],
      [3n, 3n],
    ])
  })

  test('counters that fail at once are as good as a ledger that is not known', async () => {
    const counters: CounterStore = {
      ...createMemoryCounters(),
      reserve: () => {
        throw new Error('no connection')
      },
    }
    const ledger = { spentSince: async () => 0n }
    const budgets = createBudgets({ counters, ledger, clock: createManualClock(START_MS) })
    expect((await refused(() => budgets.reserve('att_1', budgetPeriods(account()), 5n))).code).toBe(
      'ledger-unavailable',
    )
  })

  test('a project that is spent is a 402, though the key’s own money is only held by others', async () => {
    const { budgets } = open()
    const spent = account({ scope: 'project', budgets: [{ window: 'day', limitNanoUsd: 0n }] })
    await budgets.reserve('att_1', budgetPeriods(account()), 8n * USD)
    const failure = await refused(() => budgets.reserve('att_2', budgetPeriods(account(), spent), 3n * USD))
    expect(failure).toMatchObject({ code: 'budget-exceeded', status: 402 })
    expect(failure.details.facts).toMatchObject({ scope: 'project' })
  })

  test('of two budgets for one window the smaller holds, and spending counts once', async () => {
    const { budgets, balances } = open()
    const twice = account({
      budgets: [
        { window: 'day', limitNanoUsd: 10n * USD },
        { window: 'day', limitNanoUsd: 8n * USD },
      ],
    })
    await budgets.reserve('att_1', budgetPeriods(twice), 3n * USD)
    await budgets.settle('att_1', 3n * USD)
    expect(await balances(budgetPeriods(twice))).toEqual([{ spentNanoUsd: 3n * USD, heldNanoUsd: 0n }])
    await budgets.reserve('att_2', budgetPeriods(twice), 5n * USD)
  })

  test('an account without budgets asks nobody', async () => {
    const { budgets, reads } = open(new Error('store down'))
    await budgets.reserve('att_1', budgetPeriods(account({ budgets: [] })), 5n)
    await budgets.settle('att_1', 5n)
    expect(reads).toEqual([])
  })
})

describe('how far budgets are used', () => {
  test('is read from the counters, and from the ledger where they do not know an account', async () => {
    const { budgets, reads } = open(2n * USD)
    const list = budgetPeriods(account(), account({ scope: 'project', id: 'p', budgets: [] }))
    const elapsed = 0.9792
    expect(await budgets.uses(list)).toEqual([{ share: 0.2, elapsed }])
    expect(reads).toHaveLength(1)
    await budgets.reserve('att_1', list, 3n * USD)
    expect(budgets.uses(list)).toEqual([{ share: 0.5, elapsed }])
    await budgets.settle('att_1', 1n * USD)
    expect(budgets.uses(list)).toEqual([{ share: 0.3, elapsed }])
    expect(reads).toHaveLength(2)
  })

  test('is not guessed where the ledger cannot be read', async () => {
    const { budgets } = open(new Error('disk'))
    const thrown = await Promise.resolve(budgets.uses(budgetPeriods(account()))).catch(toFailure)
    expect(thrown).toMatchObject({ code: 'ledger-unavailable' })
  })
})
