import type { NanoUsd } from '../kit/money.ts'
import type { Account, Budget } from './account.ts'
import { windowAt } from './windows.ts'

/** One budget of one owner in one window: what money is held in, in the form in which counters take it. */
export interface BudgetPeriod {
  /** The name by which counters know it: `<scope>:<id>:<window>:<window start>`. */
  readonly account: string
  readonly owner: Account
  readonly budget: Budget
  readonly limitNanoUsd: NanoUsd
  readonly startsAtMs: number
  /** `Infinity` for a window that never ends. */
  readonly endsAtMs: number
}

/** The budgets of some accounts. Their windows are worked out when one of them ends, not for every request. */
export class BudgetPeriods {
  readonly #accounts: readonly Account[]
  #current: readonly BudgetPeriod[] = []
  #fromMs = Number.POSITIVE_INFINITY
  #untilMs = Number.NEGATIVE_INFINITY

  constructor(accounts: readonly Account[]) {
    this.#accounts = accounts.filter(({ budgets }) => budgets.length > 0)
  }

  /** True when nothing that is spent counts against a budget. */
  get isEmpty(): boolean {
    return this.#accounts.length === 0
  }

  /** One for every budget in the window that a moment (wall time) falls into, those of the narrowest owner first. */
  at(nowMs: number): readonly BudgetPeriod[] {
    if (nowMs < this.#fromMs || nowMs >= this.#untilMs) {
      this.#current = periodsAt(this.#accounts, nowMs)
      this.#fromMs = Math.max(...this.#current.map(({ startsAtMs }) => startsAtMs))
      this.#untilMs = Math.min(...this.#current.map(({ endsAtMs }) => endsAtMs))
    }
    return this.#current
  }
}

/** Where an account has several budgets for one window, the smallest holds: two would count the same spending twice. */
function periodsAt(accounts: readonly Account[], nowMs: number): readonly BudgetPeriod[] {
  const budgetPeriods = new Map<string, BudgetPeriod>()
  for (const owner of accounts) {
    for (const budget of owner.budgets) {
      const { startMs, endMs } = windowAt(budget.window, nowMs)
      const account = `${owner.scope}:${owner.id}:${budget.window}:${startMs}`
      const { limitNanoUsd } = budget
      const known = budgetPeriods.get(account)
      if (known !== undefined && known.limitNanoUsd <= limitNanoUsd) continue
      budgetPeriods.set(account, {
        account,
        owner,
        budget,
        limitNanoUsd,
        startsAtMs: startMs,
        endsAtMs: endMs,
      })
    }
  }
  return [...budgetPeriods.values()]
}
