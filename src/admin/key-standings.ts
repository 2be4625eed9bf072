import type { Account } from '../exchange/account.ts'
import type { Plan } from '../gateway/plan.ts'
import type { BudgetView } from '../ledger/budget-view.ts'
import type { Clock } from '../kit/clock.ts'
import type { KeyRecord, KeyStore } from '../store/store.ts'
import { keyStatus, type KeyStanding } from './keys-json.ts'

export interface StandingNeeds {
  readonly keys: Pick<KeyStore, 'uses'>
  readonly budgets: BudgetView
  readonly plan: () => Pick<Plan, 'completeKey'>
  readonly earlierUsedAtMs: (id: string) => number | undefined
  readonly clock: Clock
}

/** How keys stand in their budgets and limits and when they were used, in their order. Of those that open nothing, when they were used alone. */
export async function standingsOf(
  { keys, budgets: view, plan, earlierUsedAtMs, clock }: StandingNeeds,
  records: readonly KeyRecord[],
): Promise<readonly KeyStanding[]> {
  const nowMs = clock.nowMs()
  const { completeKey } = plan()
  const accounts = records
    .filter((key) => keyStatus(key, nowMs) === 'active')
    .map((key) => accountOf(completeKey?.(key) ?? key))
  const [budgets, rates, uses] = await Promise.all([
    view.budgets(accounts, nowMs),
    view.rates(accounts, clock.elapsedMs()),
    keys.uses(records.map(({ id }) => id)),
  ])
  return records.map(({ id }) => ({
    budgets: budgets.filter(({ period }) => period.owner.id === id),
    rates: rates.filter(({ account }) => account.id === id),
    use: uses.find(({ keyId }) => keyId === id),
    earlierUsedAtMs: earlierUsedAtMs(id),
  }))
}

/** A key as somebody who has limits and budgets. */
export function accountOf({ id, name, limits, budgets }: KeyRecord): Account {
  return { scope: 'key', id, name, limits, budgets }
}
