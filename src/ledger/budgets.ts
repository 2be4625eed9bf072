import { Failure, type FailureDetails } from '../exchange/failure.ts'
import type { BudgetPeriod, BudgetPeriods } from '../exchange/budget-periods.ts'
import { budgetUse, type BudgetUse } from '../exchange/budget-use.ts'
import type { Clock } from '../kit/clock.ts'
import { formatUsd, inDollars, showUsd, type NanoUsd } from '../kit/money.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'
import type { Hold, HoldVerdict } from '../store/holds.ts'
import type { CounterStore } from '../store/store.ts'
import { Openings, type SpendingSource } from './openings.ts'
import type { TopUps } from './top-ups.ts'

export interface BudgetsOptions {
  readonly counters: CounterStore
  /** Where opening balances come from: the ledger, which knows rows on their way to the store as well. */
  readonly ledger: SpendingSource
  readonly clock: Clock
  /** What is added to budgets for a time; absent: nothing ever is. */
  readonly topUps?: TopUps
}

/** Reserves before and settles after; check-then-add does not exist (law 10). */
export interface Budgets {
  /**
   * Holds an amount in every budget period, or in none. At least one nano-USD is held, so that a spent budget
   * refuses even what costs nothing or has no price. Where there are no budgets nothing is held. An id that holds already
   * holds the larger amount from then on, in the windows in which it was reserved, or what it held if that is refused.
   *
   * Throws or rejects with `budget-exceeded` (402: spent), `request-exceeds-budget` (402: this request could cost more than what is left), `budget-reserved`
   * (429: only other requests' holds are in the way), or `ledger-unavailable` when the spending is not known.
   */
  reserve(id: string, budgetPeriods: BudgetPeriods, amountNanoUsd: NanoUsd): MaybePromise<void>
  /** Replaces the hold by what was spent; once per id, in the windows in which it was reserved. */
  settle(id: string, actualNanoUsd: NanoUsd): MaybePromise<void>
  /** How far each budget is used now, narrowest owner first. Throws or rejects with `ledger-unavailable` when that is not known. */
  uses(budgetPeriods: BudgetPeriods): MaybePromise<readonly BudgetUse[]>
}

/** How soon to try again when other requests hold the money: they last seconds, but nobody knows how many. */
const HELD_RETRY_MS = 1_000

/** A reservation that is not decided at once. */
interface Undecided {
  readonly counters: CounterStore
  readonly openings: Openings
  readonly id: string
  readonly amount: NanoUsd
  readonly list: readonly BudgetPeriod[]
  readonly nowMs: number
}

/** Creates the budgets of a process. */
export function createBudgets({ counters, ledger, clock, topUps }: BudgetsOptions): Budgets {
  const openings = new Openings(ledger)
  const periodsAt = (budgetPeriods: BudgetPeriods, nowMs: number): readonly BudgetPeriod[] => {
    const list = budgetPeriods.at(nowMs)
    return topUps === undefined ? list : topUps.raise(list, nowMs)
  }

  return {
    reserve(id, budgetPeriods, amountNanoUsd) {
      if (budgetPeriods.isEmpty) return
      const nowMs = clock.nowMs()
      const list = periodsAt(budgetPeriods, nowMs)
      const amount = amountNanoUsd > 0n ? amountNanoUsd : 1n
      let verdict: MaybePromise<HoldVerdict>
      try {
        verdict = counters.reserve(id, amount, list, nowMs)
      } catch (thrown) {
        return refuseUnknown(thrown)
      }
      return verdict instanceof Promise || 'unknown' in verdict
        ? reserveLater({ counters, openings, id, amount, list, nowMs }, verdict).catch(refuseUnknown)
        : refuseUnlessAdmitted(verdict, list, amount)
    },
    settle: (id, actualNanoUsd) => counters.settle(id, actualNanoUsd),
    uses(budgetPeriods) {
      const nowMs = clock.nowMs()
      const list = periodsAt(budgetPeriods, nowMs)
      const used = counters.used(list.map(({ account }) => account))
      return used instanceof Promise || used.includes(undefined)
        ? usesLater({ openings, list, nowMs }, used).catch(refuseUnknown)
        : toUses(list, used, nowMs)
    },
  }
}

/** What is not known to the counters is asked of the ledger. */
async function usesLater(
  { openings, list, nowMs }: Pick<Undecided, 'openings' | 'list' | 'nowMs'>,
  first: MaybePromise<readonly (NanoUsd | undefined)[]>,
): Promise<readonly BudgetUse[]> {
  const used = await first
  const known = await Promise.all(
    list.map(
      async ({ account, owner, startsAtMs }, index) =>
        used[index] ?? (await openings.read(account, owner, startsAtMs)),
    ),
  )
  return toUses(list, known, nowMs)
}

function toUses(
  list: readonly BudgetPeriod[],
  used: readonly (NanoUsd | undefined)[],
  nowMs: number,
): readonly BudgetUse[] {
  return list.map((budgetPeriod, index) => budgetUse(budgetPeriod, used[index] ?? 0n, nowMs))
}

/** Waits for the verdict of counters, which are asked again with the openings of what they do not know. */
async function reserveLater(undecided: Undecided, first: MaybePromise<HoldVerdict>): Promise<void> {
  const { counters, openings, id, amount, list, nowMs } = undecided
  const unknown = new Set<string>()
  let verdict = await first
  // Accounts may be forgotten while the openings of others are read, but there are only so many.
  while ('unknown' in verdict && unknown.size < list.length) {
    for (const account of verdict.unknown) unknown.add(account)
    const holds = await Promise.all(
      list.map(async (budgetPeriod) =>
        unknown.has(budgetPeriod.account) ? openedHold(budgetPeriod, openings) : budgetPeriod,
      ),
    )
    verdict = await counters.reserve(id, amount, holds, nowMs)
  }
  refuseUnlessAdmitted(verdict, list, amount)
}

async function openedHold(budgetPeriod: BudgetPeriod, openings: Openings): Promise<Hold> {
  const { account, owner, startsAtMs } = budgetPeriod
  return { ...budgetPeriod, openingNanoUsd: await openings.read(account, owner, startsAtMs) }
}

function refuseUnlessAdmitted(
  verdict: HoldVerdict,
  budgetPeriods: readonly BudgetPeriod[],
  amountNanoUsd: NanoUsd,
): void {
  if (verdict.admitted) return
  if ('unknown' in verdict) throw new Failure('internal', { cause: 'counters do not take openings' })
  const budgetPeriod = budgetPeriods[verdict.refusedBy]
  throw budgetPeriod === undefined ? new Failure('internal') : refusal(budgetPeriod, verdict, amountNanoUsd)
}

/** The spending so far is not known, so nothing may be added to it. */
function refuseUnknown(error: unknown): never {
  throw error instanceof Failure ? error : new Failure('ledger-unavailable', { cause: error })
}

/** Names what stands in the way: money that is spent, a request too large for the rest, or other requests' holds. */
function refusal(
  { owner, budget, limitNanoUsd, endsAtMs }: BudgetPeriod,
  { spentNanoUsd, heldNanoUsd }: Extract<HoldVerdict, { refusedBy: number }>,
  amountNanoUsd: NanoUsd,
): Failure {
  const { scope, id, name } = owner
  const { window } = budget
  const resetsAt = Number.isFinite(endsAtMs) ? new Date(endsAtMs).toISOString() : null
  const facts: FailureDetails['facts'] = {
    scope,
    id,
    name,
    window,
    limit_usd: formatUsd(limitNanoUsd),
    spent_usd: formatUsd(spentNanoUsd),
    reserved_usd: formatUsd(heldNanoUsd),
    resets_at: resetsAt,
  }
  const whose = `The ${window} budget of ${scope} ${name}`
  const until = resetsAt === null ? 'It does not reset.' : `It resets at ${resetsAt}.`
  const left = limitNanoUsd - spentNanoUsd
  if (left <= 0n) {
    return new Failure('budget-exceeded', {
      message: `${whose} is spent: ${showUsd(spentNanoUsd)} of ${showUsd(limitNanoUsd)}. ${until}`,
      facts,
    })
  }
  if (amountNanoUsd > left) {
    const estimate = formatUsd(amountNanoUsd)
    return new Failure('request-exceeds-budget', {
      message: `${whose} has ${showUsd(left)} left and the request could cost ${inDollars(estimate)}. Lower the maximum of output tokens. ${until}`,
      facts: { ...facts, estimate_usd: estimate },
    })
  }
  return new Failure('budget-reserved', {
    message: `${whose} is held by requests under way: ${showUsd(heldNanoUsd)} of ${showUsd(left)} left. Try again shortly.`,
    facts,
    retryAfterMs: HELD_RETRY_MS,
  })
}
