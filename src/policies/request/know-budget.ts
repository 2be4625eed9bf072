import type { Exchange } from '../../exchange/exchange.ts'
import type { BudgetUse } from '../../exchange/budget-use.ts'
import { andThen } from '../../kit/maybe-promise.ts'
import type { Budgets } from '../../ledger/budgets.ts'
import type { Admission } from '../policy.ts'

/**
 * Creates the admission that finds out how far the budgets of the caller are used, where the route goes by that. Rejects with
 * `ledger-unavailable` where it is not known.
 */
export function createKnowBudget(budgets: Pick<Budgets, 'uses'>): Admission {
  return (exchange) => {
    const { route, caller } = exchange
    if (route?.goesByBudget !== true || caller.budgetPeriods.isEmpty) return exchange
    return andThen(budgets.uses(caller.budgetPeriods), withUses, exchange)
  }
}

const withUses = (budgetUses: readonly BudgetUse[], exchange: Exchange): Exchange => ({
  ...exchange,
  budgetUses,
})
