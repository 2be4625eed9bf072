import type { Account } from '../exchange/account.ts'
import { BudgetPeriods, type BudgetPeriod } from '../exchange/budget-periods.ts'
import { standingOf, type LimitedRate } from '../exchange/standing.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { HeldBalance } from '../store/holds.ts'
import type { CounterStore } from '../store/store.ts'
import type { SpendingSource } from './openings.ts'
import type { TopUps } from './top-ups.ts'

/** How a budget stands in its window. */
export interface BudgetStanding extends HeldBalance {
  /** With its own limit. */
  readonly period: BudgetPeriod
  /** What is added to it for a time. */
  readonly extraNanoUsd: NanoUsd
}

/** How far a limit per minute is used. */
export interface RateStanding {
  readonly rate: LimitedRate
  readonly account: Account
  readonly remaining: number
  readonly resetMs: number
}

/** Looks at budgets and limits without taking anything of them. */
export interface BudgetView {
  /** In the order of the accounts. Rejects when what was spent cannot be read. */
  budgets(accounts: readonly Account[], nowMs: number): Promise<readonly BudgetStanding[]>
  /** At `nowMs` of the clock that never steps. */
  rates(accounts: readonly Account[], nowMs: number): Promise<readonly RateStanding[]>
}

/** Creates the view: what counters know of an account, and what the ledger knows of those that nobody has used. */
export function createBudgetView({
  counters,
  ledger,
  topUps,
}: {
  readonly counters: CounterStore
  readonly ledger: SpendingSource
  readonly topUps: TopUps
}): BudgetView {
  return {
    async budgets(accounts, nowMs) {
      const periods = new BudgetPeriods(accounts)
      const list = periods.isEmpty ? [] : periods.at(nowMs)
      const known = await counters.balances(list.map(({ account }) => account))
      const standings: BudgetStanding[] = []
      // One after the other: a screen never takes the places of requests in the queue of the store.
      for (const [index, period] of list.entries()) {
        const balance = known[index] ?? {
          spentNanoUsd: await ledger.spentSince(period.owner, period.startsAtMs),
          heldNanoUsd: 0n,
          holds: 0,
        }
        standings.push({ ...balance, period, extraNanoUsd: topUps.extraOf(period, nowMs) })
      }
      return standings
    },
    async rates(accounts, nowMs) {
      const listed = accounts.flatMap((account) =>
        standingOf([account], { allowedOptions: [] }).rates.map((rate) => ({ account, rate })),
      )
      if (listed.length === 0) return []
      // Of nothing, so that nothing is taken.
      const { states } = await counters.takeRate(
        listed.map(({ rate }) => ({ ...rate, units: 0 })),
        nowMs,
      )
      return listed.map((one, index) => ({
        ...one,
        remaining: states[index]?.remaining ?? one.rate.limit,
        resetMs: states[index]?.resetMs ?? 0,
      }))
    },
  }
}
