import type { AdminRoute } from './admin-route.ts'
import { keyChangeRoutes } from './key-changes.ts'
import { keyRoutes, type KeyRoutesNeeds } from './keys.ts'

/** Who has access, and what becomes of it. */
export function accessRoutes(needs: KeyRoutesNeeds): AdminRoute[] {
  return [...keyRoutes(needs), ...keyChangeRoutes(needs)]
}
