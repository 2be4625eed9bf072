import type { Clock } from '../kit/clock.ts'
import type { Store } from '../store/store.ts'
import type { AdminRoute } from './admin-route.ts'
import { opportunityRoutes } from './cache-opportunity.ts'
import { cacheRoutes, type CacheRoutesNeeds } from './cache.ts'
import { similarRoutes, type SimilarNeeds } from './similar-answers.ts'

/** What the resources about answers that are given again need besides the store. */
export interface CachingNeeds extends Omit<CacheRoutesNeeds, 'series' | 'nowMs'>, SimilarNeeds {
  readonly store: Pick<Store, 'series' | 'requests'>
  readonly clock: Clock
}

/** Answers that are given again: those of the same question, of similar ones, and those that could be. */
export function cachingRoutes(needs: CachingNeeds): AdminRoute[] {
  const { store, clock } = needs
  return [
    ...cacheRoutes({ ...needs, series: store.series, nowMs: clock.nowMs }),
    ...opportunityRoutes({ ...store, plan: needs.plan, clock }),
    ...similarRoutes(needs),
  ]
}
