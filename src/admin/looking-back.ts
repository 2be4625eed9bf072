import type { Plan } from '../gateway/plan.ts'
import type { Store } from '../store/store.ts'
import type { AdminRoute } from './admin-route.ts'
import type { CurlParts } from './as-curl.ts'
import { contentRoutes, type ContentRoutesNeeds } from './content.ts'
import { decisionRoutes } from './decisions.ts'
import { exportRoutes } from './export-requests.ts'
import { feedbackRoutes } from './feedback.ts'
import { receiptRoutes } from './receipts.ts'
import { facetRoutes } from './request-facets.ts'
import { requestViewRoutes } from './request-view.ts'
import { requestRoutes } from './requests.ts'
import { sessionRoutes } from './sessions.ts'
import { viewRoutes } from './views.ts'

export interface LookingBackNeeds extends Pick<
  ContentRoutesNeeds,
  'log' | 'flushContent' | 'masked' | 'cached'
> {
  readonly store: Pick<
    Store,
    'requests' | 'ledger' | 'contents' | 'feedback' | 'keys' | 'series' | 'settings'
  >
  readonly plan: () => Plan
  readonly nowMs: () => number
  readonly curl: () => CurlParts
}

/** Everything by which requests that are over are looked at: lists, counts, one by itself, what was said, what it cost. */
export function lookingBackRoutes(needs: LookingBackNeeds): AdminRoute[] {
  const all = { ...needs, ...needs.store }
  return [
    ...requestRoutes(all),
    // Before those that take whatever stands there for an id.
    ...facetRoutes(needs),
    ...requestViewRoutes(all),
    ...contentRoutes(all),
    ...exportRoutes(all),
    ...feedbackRoutes(all),
    ...receiptRoutes(needs),
    ...sessionRoutes(all),
    ...decisionRoutes(all),
    ...viewRoutes(all),
  ]
}
