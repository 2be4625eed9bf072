import type { AlertSources, WatchedBudget } from '../alerts/sources.ts'
import type { Account } from '../exchange/account.ts'
import { BudgetPeriods } from '../exchange/budget-periods.ts'
import type { Plan } from '../gateway/plan.ts'
import type { StoredKeys } from '../identity/stored-keys.ts'
import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Budgets } from '../ledger/budgets.ts'
import type { KeyRecord, Store } from '../store/store.ts'

const PAGE_ROWS = 500

export interface BudgetSourceNeeds {
  readonly store: Pick<Store, 'keys' | 'ledger'>
  readonly keys: Pick<StoredKeys, 'version'>
  readonly budgets: Pick<Budgets, 'uses'>
  readonly plan: () => Plan
  readonly clock: Clock
}

/** How far the budgets of projects and keys are used. Keys are read again only when one has changed. */
export function createBudgetSource(needs: BudgetSourceNeeds): AlertSources['budgets'] {
  let known: { readonly version: number; readonly accounts: readonly Account[] } | undefined
  return async (of) => {
    const { version } = needs.keys
    if (known?.version !== version)
      known = { version, accounts: await storedAccounts(needs.store.keys, needs.clock) }
    const { projects, declaredKeys } = needs.plan()
    const accounts = [...projects.values(), ...declaredKeys.map(accountOf), ...known.accounts]
    const asked = accounts
      .filter(({ budgets }) => budgets.length > 0)
      .filter((account) => of === undefined || of.includes(keyOf(account)))
      .slice(0, LIMITS.alertBudgets)
    const found: WatchedBudget[] = []
    for (const account of asked) found.push(...(await usesOf(account, needs)))
    return found
  }
}

function keyOf({ scope, name }: Account): string {
  return `${scope}/${name}`
}

async function usesOf(
  account: Account,
  { budgets, store, clock }: BudgetSourceNeeds,
): Promise<readonly WatchedBudget[]> {
  const periods = new BudgetPeriods([account])
  const uses = await budgets.uses(periods)
  const { scope, id, name } = account
  return periods.at(clock.nowMs()).map(({ budget, limitNanoUsd, endsAtMs }, index) => ({
    key: account.budgets.length === 1 ? keyOf(account) : `${keyOf(account)} ${budget.window}`,
    title: `${budget.window} budget of ${scope} ${name}`,
    limitNanoUsd: Number(limitNanoUsd),
    share: uses[index]?.share ?? 0,
    endsAtMs,
    spentSince: async (fromMs) => Number(await store.ledger.spentSince({ scope, id }, fromMs)),
  }))
}

function accountOf({ id, name, limits, budgets }: KeyRecord): Account {
  return { scope: 'key', id, name, limits, budgets }
}

/** Keys of the store with a budget, among as many as are looked at. */
async function storedAccounts(keys: Pick<Store, 'keys'>['keys'], clock: Clock): Promise<readonly Account[]> {
  const accounts: Account[] = []
  let after: string | undefined
  let looked = 0
  do {
    const page = await keys.list({ limit: PAGE_ROWS, ...(after !== undefined && { after }) })
    const nowMs = clock.nowMs()
    for (const key of page.rows)
      if (key.budgets.length > 0 && key.revokedAtMs === undefined && (key.expiresAtMs ?? nowMs + 1) > nowMs)
        accounts.push(accountOf(key))
    after = page.next
    looked += page.rows.length
  } while (after !== undefined && looked < LIMITS.alertKeysRead && accounts.length < LIMITS.alertBudgets)
  return accounts
}
