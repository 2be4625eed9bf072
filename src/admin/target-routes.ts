import type { AdminRoute } from './admin-route.ts'
import { loadRoutes, type LoadRoutesNeeds } from './loads.ts'
import { modelRoutes, type ModelRoutesNeeds } from './models.ts'
import { outageRoutes, type OutageRoutesNeeds } from './outages.ts'

export type TargetRoutesNeeds = LoadRoutesNeeds & ModelRoutesNeeds & OutageRoutesNeeds

/** Whom the house can ask: the models, how they do, and what would be without them. */
export function targetRoutes(needs: TargetRoutesNeeds): AdminRoute[] {
  return [...loadRoutes(needs), ...modelRoutes(needs), ...outageRoutes(needs)]
}
