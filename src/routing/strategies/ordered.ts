import type { Strategy } from './strategy.ts'

/** As the route lists them. */
export const ordered: Strategy = {
  order: (targets) => targets,
  reason: 'first-in-order',
}
