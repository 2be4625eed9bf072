import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { balanceOf } from '../balance.fixture.ts'
import type { Hold } from '../holds.ts'
import type { CounterStore, RateCharge } from '../store.ts'
import { createMemoryCounters } from './counters.ts'

const NOW_MS = 1_767_225_600_123
const MINUTE_MS = 60_000

const charge = (units: number, changes: Partial<RateCharge> = {}): RateCharge => ({
  account: 'key:a:requests',
  limit: 3,
  windowMs: MINUTE_MS,
  units,
  ...changes,
})

const holdOn = (account: string, limitNanoUsd: bigint, opening = 0n): Hold => ({
  account,
  limitNanoUsd,
  openingNanoUsd: opening,
  endsAtMs: NOW_MS + MINUTE_MS,
})

describe('rates', () => {
  test.each([1, 2, 3, 4, 5])('a limit of %d admits exactly that many at once', async (limit) => {
    const counters = createMemoryCounters()
    const verdicts = await Promise.all(
      Array.from({ length: limit + 3 }, async () => counters.takeRate([charge(1, { limit })], NOW_MS)),
    )
    expect(verdicts.filter((verdict) => verdict.admitted)).toHaveLength(limit)
    expect(verdicts.map((verdict) => verdict.admitted).indexOf(false)).toBe(limit)
  })

  test('what remains and when it resets is told on admission and on refusal', async () => {
    const counters = createMemoryCounters()
    expect((await counters.takeRate([charge(2)], NOW_MS)).states[0]?.remaining).toBe(1)
    const refused = await counters.takeRate([charge(2)], NOW_MS)
    expect(refused.admitted).toBe(false)
    expect(refused.refusedBy).toBe(0)
    expect(refused.states[0]?.remaining).toBe(1)
    expect(refused.retryAfterMs).toBeGreaterThanOrEqual(MINUTE_MS)
    expect(refused.retryAfterMs).toBeLessThanOrEqual(MINUTE_MS * 1.05)
    expect(refused.states[0]?.resetMs).toBe(refused.retryAfterMs ?? 0)
  })

  test('waiting as long as told is enough, and a millisecond less is not', async () => {
    const counters = createMemoryCounters()
    await counters.takeRate([charge(2)], NOW_MS)
    await counters.takeRate([charge(1)], NOW_MS + 10_000)
    const { retryAfterMs = 0 } = await counters.takeRate([charge(2)], NOW_MS + 20_000)
    expect((await counters.takeRate([charge(2)], NOW_MS + 20_000 + retryAfterMs - 1)).admitted).toBe(false)
    expect((await counters.takeRate([charge(2)], NOW_MS + 20_000 + retryAfterMs)).admitted).toBe(true)
  })

  test('a charge above its limit is refused without a time to wait for', async () => {
    const verdict = await createMemoryCounters().takeRate([charge(4)], NOW_MS)
    expect(verdict.admitted).toBe(false)
    expect(verdict.retryAfterMs).toBeUndefined()
  })

  test('a refused call consumes nothing of its other accounts', async () => {
    const counters = createMemoryCounters()
    const other = { account: 'project:b:requests', limit: 1 }
    await counters.takeRate([charge(1, other)], NOW_MS)
    const refused = await counters.takeRate([charge(1), charge(1, other)], NOW_MS)
    expect(refused.refusedBy).toBe(1)
    expect(refused.states[0]?.remaining).toBe(3)
    expect((await counters.takeRate([charge(3)], NOW_MS)).admitted).toBe(true)
  })

  test('tokens settle: an estimate too high is given back, one too low is taken without refusing', async () => {
    const counters = createMemoryCounters()
    const tokens = { account: 'key:a:tokens', limit: 100 }
    await counters.takeRate([charge(90, tokens)], NOW_MS)
    await counters.adjustRate([charge(80, tokens)], NOW_MS, NOW_MS + 1)
    expect((await counters.takeRate([charge(0, tokens)], NOW_MS + 1)).states[0]?.remaining).toBe(90)
    await counters.adjustRate([charge(-500, tokens)], NOW_MS, NOW_MS + 2)
    const full = await counters.takeRate([charge(1, tokens)], NOW_MS + 2)
    expect(full.admitted).toBe(false)
    expect(full.states[0]?.remaining).toBe(0)
    await counters.adjustRate([charge(10_000, tokens)], NOW_MS, NOW_MS + 3)
    expect((await counters.takeRate([charge(0, tokens)], NOW_MS + 3)).states[0]?.remaining).toBe(100)
  })

  test('what is given back late is taken from where it was taken, and not from what others took since', async () => {
    const counters = createMemoryCounters()
    const tokens = { account: 'key:a:tokens', limit: 100 }
    const remainingAt = async (atMs: number): Promise<number | undefined> =>
      (await counters.takeRate([charge(0, tokens)], atMs)).states[0]?.remaining
    await counters.takeRate([charge(60, tokens)], NOW_MS)
    await counters.takeRate([charge(40, tokens)], NOW_MS + 50_000)
    await counters.adjustRate([charge(50, tokens)], NOW_MS, NOW_MS + 51_000)
    expect(await remainingAt(NOW_MS + 51_000)).toBe(50)
    expect(await remainingAt(NOW_MS + 70_000)).toBe(60)
    await counters.adjustRate([charge(10, tokens)], NOW_MS, NOW_MS + 71_000)
    expect(await remainingAt(NOW_MS + 71_000)).toBe(60)
  })

  test('no stretch of one window ever holds more than the limit, and an admitted sum is never refused in vain', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.array(
          fc.record({ waitMs: fc.integer({ min: 0, max: 9_000 }), units: fc.integer({ min: 1, max: 3 }) }),
          {
            maxLength: 60,
          },
        ),
        async (limit, calls) => {
          const counters = createMemoryCounters()
          const taken: { atMs: number; units: number }[] = []
          const within = (atMs: number, lengthMs: number): number =>
            taken.reduce((sum, entry) => (entry.atMs > atMs - lengthMs ? sum + entry.units : sum), 0)
          let nowMs = NOW_MS
          for (const { waitMs, units } of calls) {
            nowMs += waitMs
            const { admitted } = await counters.takeRate([charge(units, { limit })], nowMs)
            if (admitted) taken.push({ atMs: nowMs, units })
            expect(within(nowMs, MINUTE_MS)).toBeLessThanOrEqual(limit)
            if (!admitted) expect(within(nowMs, MINUTE_MS * 1.05 + 1) + units).toBeGreaterThan(limit)
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  test('a clock that steps back neither frees nor breaks a window', async () => {
    const counters = createMemoryCounters()
    await counters.takeRate([charge(3)], NOW_MS)
    expect((await counters.takeRate([charge(1)], NOW_MS - 3_600_000)).admitted).toBe(false)
    expect((await counters.takeRate([charge(3)], NOW_MS + 2 * MINUTE_MS)).admitted).toBe(true)
  })
})

describe('slots', () => {
  const at = (limit: number) => [{ account: 'key:a', limit }]

  test('a slot is free again when it is left, once only', async () => {
    const counters = createMemoryCounters()
    expect(await counters.enter('one', at(1), NOW_MS + 10, NOW_MS)).toBeUndefined()
    expect(await counters.enter('two', at(1), NOW_MS + 10, NOW_MS)).toBe(0)
    await counters.leave('one')
    await counters.leave('one')
    expect(await counters.enter('two', at(1), NOW_MS + 10, NOW_MS)).toBeUndefined()
    expect(await counters.enter('two', at(1), NOW_MS + 10, NOW_MS)).toBeUndefined()
    expect(await counters.enter('three', at(1), NOW_MS + 10, NOW_MS)).toBe(0)
  })

  test('a slot that is never left is free again when its lease ends', async () => {
    const counters = createMemoryCounters()
    await counters.enter('lost', at(1), NOW_MS + 10, NOW_MS)
    expect(await counters.enter('next', at(1), NOW_MS + 20, NOW_MS + 9)).toBe(0)
    expect(await counters.enter('next', at(1), NOW_MS + 20, NOW_MS + 10)).toBeUndefined()
  })

  test('each lease ends in its own time, whichever was left before', async () => {
    const counters = createMemoryCounters()
    await counters.enter('short', at(2), NOW_MS + 10, NOW_MS)
    await counters.enter('long', at(2), NOW_MS + 30, NOW_MS)
    await counters.leave('short')
    await counters.enter('middle', at(2), NOW_MS + 20, NOW_MS)
    expect(await counters.enter('next', at(2), NOW_MS + 99, NOW_MS + 19)).toBe(0)
    expect(await counters.enter('next', at(2), NOW_MS + 99, NOW_MS + 20)).toBeUndefined()
    expect(await counters.enter('last', at(2), NOW_MS + 99, NOW_MS + 29)).toBe(0)
    expect(await counters.enter('last', at(2), NOW_MS + 99, NOW_MS + 30)).toBeUndefined()
  })

  test('one full account leaves the others untouched', async () => {
    const counters = createMemoryCounters()
    const full = { account: 'project:p', limit: 1 }
    await counters.enter('one', [full], NOW_MS + 10, NOW_MS)
    expect(await counters.enter('two', [...at(1), full], NOW_MS + 10, NOW_MS)).toBe(1)
    expect(await counters.enter('three', at(1), NOW_MS + 10, NOW_MS)).toBeUndefined()
  })
})

describe('budgets', () => {
  test('of 100 reservations at once against money for 10, exactly 10 are admitted', async () => {
    const counters = createMemoryCounters()
    const verdicts = await Promise.all(
      Array.from({ length: 100 }, async (_, index) =>
        counters.reserve(`r${index}`, 7n, [holdOn('key:a', 76n)], NOW_MS),
      ),
    )
    expect(verdicts.filter((verdict) => verdict.admitted)).toHaveLength(10)
  })

  test('an account that is not known is asked for, and opens with what the next call says', async () => {
    const counters = createMemoryCounters()
    const { openingNanoUsd: _opening, ...unopened } = holdOn('key:a', 10n)
    const known = holdOn('key:b', 10n)
    expect(await counters.reserve('one', 1n, [known, unopened], NOW_MS)).toEqual({
      admitted: false,
      unknown: ['key:a'],
    })
    expect(await balanceOf(counters, 'key:a')).toBeUndefined()
    expect(await balanceOf(counters, 'key:b')).toBeUndefined()
    await counters.reserve('one', 1n, [known, holdOn('key:a', 10n, 4n)], NOW_MS)
    expect(await balanceOf(counters, 'key:a')).toEqual({ spentNanoUsd: 4n, heldNanoUsd: 1n })
  })

  test('an opening that comes late does not count: what was spent since is in the balance', async () => {
    const counters = createMemoryCounters()
    await counters.reserve('one', 6n, [holdOn('key:a', 10n)], NOW_MS)
    await counters.settle('one', 6n)
    expect(await counters.reserve('two', 5n, [holdOn('key:a', 10n)], NOW_MS)).toMatchObject({
      admitted: false,
      spentNanoUsd: 6n,
    })
  })

  test('making room for one account of a call does not put out another', async () => {
    const counters = createMemoryCounters({ limits: { counterAccounts: 2 } })
    await counters.reserve('one', 4n, [holdOn('key:a', 10n)], NOW_MS)
    await counters.settle('one', 4n)
    await counters.reserve('two', 1n, [holdOn('key:b', 10n)], NOW_MS)
    await counters.settle('two', 1n)
    const { openingNanoUsd: _opening, ...unopened } = holdOn('key:a', 10n)
    expect(await counters.reserve('three', 3n, [holdOn('key:c', 10n), unopened], NOW_MS)).toEqual({
      admitted: true,
    })
    expect(await balanceOf(counters, 'key:a')).toEqual({ spentNanoUsd: 4n, heldNanoUsd: 3n })
    expect(await balanceOf(counters, 'key:b')).toBeUndefined()
  })

  test('a refusal names the account and what is spent and held, and holds nothing anywhere', async () => {
    const counters = createMemoryCounters()
    const holds = [holdOn('key:a', 100n), holdOn('project:p', 10n, 4n)]
    await counters.reserve('one', 5n, holds, NOW_MS)
    expect(await counters.reserve('two', 2n, holds, NOW_MS)).toEqual({
      admitted: false,
      refusedBy: 1,
      spentNanoUsd: 4n,
      heldNanoUsd: 5n,
    })
    expect(await balanceOf(counters, 'key:a')).toEqual({ spentNanoUsd: 0n, heldNanoUsd: 5n })
  })

  test('of several accounts without room, one that waiting does not help is named before one that others hold', async () => {
    const counters = createMemoryCounters()
    const [held, spent, small] = [holdOn('key:a', 10n), holdOn('project:p', 10n, 10n), holdOn('key:b', 3n)]
    await counters.reserve('one', 8n, [held], NOW_MS)
    expect(await counters.reserve('two', 4n, [held, spent], NOW_MS)).toMatchObject({ refusedBy: 1 })
    expect(await counters.reserve('three', 4n, [held, small], NOW_MS)).toMatchObject({ refusedBy: 1 })
    expect(await counters.reserve('four', 3n, [held, small], NOW_MS)).toMatchObject({ refusedBy: 0 })
  })

  test('repeating a reservation or a settlement changes nothing', async () => {
    const counters = createMemoryCounters()
    const holds = [holdOn('key:a', 10n)]
    await counters.reserve('one', 6n, holds, NOW_MS)
    expect(await counters.reserve('one', 6n, holds, NOW_MS)).toEqual({ admitted: true })
    await counters.settle('one', 2n)
    await counters.settle('one', 2n)
    await counters.settle('never', 2n)
    expect(await balanceOf(counters, 'key:a')).toEqual({ spentNanoUsd: 2n, heldNanoUsd: 0n })
  })

  test('reserving more under an id raises what it holds, and holds no more when that is refused', async () => {
    const counters = createMemoryCounters()
    const holds = [holdOn('key:a', 20n), holdOn('project:p', 10n, 1n)]
    await counters.reserve('one', 4n, holds, NOW_MS)
    await counters.reserve('two', 2n, holds, NOW_MS)
    expect(await counters.reserve('one', 7n, holds, NOW_MS)).toEqual({ admitted: true })
    expect(await counters.reserve('one', 5n, holds, NOW_MS)).toEqual({ admitted: true })
    expect(await balanceOf(counters, 'project:p')).toEqual({ spentNanoUsd: 1n, heldNanoUsd: 9n })
    expect(await counters.reserve('one', 8n, holds, NOW_MS)).toEqual({
      admitted: false,
      refusedBy: 1,
      spentNanoUsd: 1n,
      heldNanoUsd: 2n,
    })
    expect(await balanceOf(counters, 'key:a')).toEqual({ spentNanoUsd: 0n, heldNanoUsd: 9n })
    await counters.settle('one', 6n)
    expect(await balanceOf(counters, 'key:a')).toEqual({ spentNanoUsd: 6n, heldNanoUsd: 2n })
    expect(await balanceOf(counters, 'project:p')).toEqual({ spentNanoUsd: 7n, heldNanoUsd: 2n })
  })

  test('what is raised stays in the accounts that it was first held in', async () => {
    const counters = createMemoryCounters()
    await counters.reserve('one', 4n, [holdOn('key:a:day:1', 10n)], NOW_MS)
    await counters.reserve('one', 9n, [holdOn('key:a:day:2', 5n)], NOW_MS)
    expect(await balanceOf(counters, 'key:a:day:1')).toMatchObject({ heldNanoUsd: 9n })
    expect(await balanceOf(counters, 'key:a:day:2')).toBeUndefined()
  })

  test('a full house forgets ended windows first and never one that is held', async () => {
    const counters = createMemoryCounters({ limits: { counterAccounts: 2 } })
    const ended: Hold = { ...holdOn('old', 10n), endsAtMs: NOW_MS - 1 }
    await counters.reserve('one', 1n, [ended], NOW_MS)
    await counters.settle('one', 1n)
    await counters.reserve('two', 1n, [holdOn('held', 10n)], NOW_MS)
    await counters.reserve('three', 1n, [holdOn('new', 10n)], NOW_MS)
    expect(await balanceOf(counters, 'old')).toBeUndefined()
    expect(await balanceOf(counters, 'held')).toBeDefined()
    expect(() => counters.reserve('four', 1n, [holdOn('more', 10n)], NOW_MS)).toThrow('overloaded')
    await counters.settle('two', 1n)
    expect(await counters.reserve('four', 1n, [holdOn('more', 10n)], NOW_MS)).toEqual({ admitted: true })
  })
})

/** The reference: plain sums over a list of what happened. */
interface Model {
  readonly limits: Map<string, bigint>
  readonly spent: Map<string, bigint>
  readonly held: Map<string, { accounts: readonly string[]; amount: bigint }>
}

const ACCOUNTS = ['key:a:day:1', 'key:a:day:2', 'project:p:day:1', 'project:p:total:0']

type Step =
  | {
      readonly type: 'reserve'
      readonly id: number
      readonly accounts: readonly string[]
      readonly amount: bigint
    }
  | { readonly type: 'settle'; readonly id: number; readonly share: bigint }

const steps = fc.array(
  fc.oneof(
    fc.record({
      type: fc.constant('reserve' as const),
      id: fc.integer({ min: 0, max: 30 }),
      accounts: fc.subarray(ACCOUNTS, { minLength: 1 }),
      amount: fc.bigInt({ min: 0n, max: 40n }),
    }),
    fc.record({
      type: fc.constant('settle' as const),
      id: fc.integer({ min: 0, max: 30 }),
      share: fc.bigInt({ min: 0n, max: 100n }),
    }),
  ),
  { maxLength: 120 },
)

const heldOf = (model: Model, account: string): bigint =>
  [...model.held.values()].reduce(
    (sum, entry) => (entry.accounts.includes(account) ? sum + entry.amount : sum),
    0n,
  )

async function play(counters: CounterStore, model: Model, step: Step): Promise<void> {
  const id = `r${step.id}`
  if (step.type === 'settle') {
    const hold = model.held.get(id)
    const actual = hold === undefined ? 5n : (hold.amount * step.share) / 100n
    model.held.delete(id)
    for (const account of hold?.accounts ?? []) {
      model.spent.set(account, (model.spent.get(account) ?? 0n) + actual)
    }
    await counters.settle(id, actual)
    return
  }
  const known = model.held.get(id)
  const accounts = known?.accounts ?? step.accounts
  const missing = step.amount - (known?.amount ?? 0n)
  const fits = accounts.every(
    (account) =>
      (model.spent.get(account) ?? 0n) + heldOf(model, account) + missing <=
      (model.limits.get(account) ?? 0n),
  )
  const holds = step.accounts.map((account) =>
    holdOn(account, model.limits.get(account) ?? 0n, model.spent.get(account) ?? 0n),
  )
  const verdict = await counters.reserve(id, step.amount, holds, NOW_MS)
  const holdsAlready = known !== undefined && missing <= 0n
  expect(verdict.admitted).toBe(holdsAlready || fits)
  if (verdict.admitted && !holdsAlready) model.held.set(id, { accounts, amount: step.amount })
}

describe('budgets against the reference', () => {
  test('any order of reserving, raising and settling agrees with the sums, and spent + held never exceeds the limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.array(fc.bigInt({ min: 0n, max: 150n }), { minLength: 4, maxLength: 4 }),
        async (sequence, limits) => {
          const counters = createMemoryCounters()
          const model: Model = {
            limits: new Map(ACCOUNTS.map((account, index) => [account, limits[index] ?? 0n])),
            spent: new Map(),
            held: new Map(),
          }
          for (const step of sequence) {
            await play(counters, model, step)
            for (const account of ACCOUNTS) {
              const balance = await balanceOf(counters, account)
              if (balance === undefined) continue
              expect(balance.spentNanoUsd).toBe(model.spent.get(account) ?? 0n)
              expect(balance.heldNanoUsd).toBe(heldOf(model, account))
              expect(balance.spentNanoUsd + balance.heldNanoUsd).toBeLessThanOrEqual(
                model.limits.get(account) ?? 0n,
              )
            }
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
