import type { BudgetPeriod } from '../exchange/budget-periods.ts'
import type { TopUp } from '../store/top-ups.ts'
import type { NanoUsd } from '../kit/money.ts'

type Holding = Pick<TopUp, 'owner' | 'window' | 'extraNanoUsd' | 'untilMs'>

/**
 * What is added to budgets for a time, as it holds in this process. A limit is looked up for each reservation, so that a top-up holds for
 * the next request and ends at its time without anybody's doing. Where none holds, nothing is looked up.
 */
export class TopUps {
  /** By owner and window. No more than `LIMITS.topUps`: the store takes no further ones. */
  #byBudget: ReadonlyMap<string, readonly Holding[]> = new Map()

  /** Takes the place of all that held before. */
  replace(holding: readonly Holding[]): void {
    this.#byBudget = Map.groupBy(holding, budgetOf)
  }

  get isEmpty(): boolean {
    return this.#byBudget.size === 0
  }

  /** How many hold at a time. */
  holdingAt(nowMs: number): number {
    let count = 0
    for (const list of this.#byBudget.values())
      for (const { untilMs } of list) if (nowMs < untilMs) count += 1
    return count
  }

  /** What a budget has more than its own limit at a time. */
  extraOf({ owner, budget }: Pick<BudgetPeriod, 'owner' | 'budget'>, nowMs: number): NanoUsd {
    const known = this.#byBudget.get(budgetOf({ owner, window: budget.window }))
    let extra = 0n
    for (const { extraNanoUsd, untilMs } of known ?? []) if (nowMs < untilMs) extra += extraNanoUsd
    return extra
  }

  /** The periods with the limits that hold now; themselves where nothing is added to any. */
  raise(list: readonly BudgetPeriod[], nowMs: number): readonly BudgetPeriod[] {
    if (this.isEmpty) return list
    return list.map((period) => {
      const extra = this.extraOf(period, nowMs)
      return extra === 0n ? period : { ...period, limitNanoUsd: period.limitNanoUsd + extra }
    })
  }
}

function budgetOf({ owner: { scope, id }, window }: Pick<Holding, 'owner' | 'window'>): string {
  return `${scope}:${id}:${window}`
}
