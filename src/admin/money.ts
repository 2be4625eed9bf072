import type { BudgetView } from '../ledger/budget-view.ts'
import type { Clock } from '../kit/clock.ts'
import type { AdminRoute } from './admin-route.ts'
import { budgetRoutes, type BudgetRoutesNeeds } from './budgets.ts'
import { costExportRoutes } from './cost-export.ts'
import { costRoutes, type CostNeeds } from './cost.ts'
import { promptCacheRoutes } from './prompt-caches.ts'
import { topUpRoutes, type TopUpNeeds } from './top-ups.ts'
import { usageRoutes } from './usage.ts'
import type { ReportNeeds } from './report-usage.ts'

/** What the resources about money need besides each other's. */
export interface MoneyNeeds
  extends
    Omit<BudgetRoutesNeeds, 'view' | 'steadyMs'>,
    Omit<CostNeeds, 'requests'>,
    ReportNeeds,
    Pick<TopUpNeeds, 'newId' | 'onTopUps'> {
  readonly budgets: BudgetView
  readonly clock: Clock
}

/** Where the money goes, and whether it lasts. */
export function moneyRoutes(needs: MoneyNeeds): AdminRoute[] {
  const { budgets, clock } = needs
  return [
    ...usageRoutes(needs),
    ...costRoutes(needs),
    ...costExportRoutes(needs),
    ...promptCacheRoutes(needs),
    ...budgetRoutes({ ...needs, view: budgets, steadyMs: () => clock.elapsedMs() }),
    ...topUpRoutes(needs),
  ]
}
