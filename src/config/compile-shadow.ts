import type { RouteTarget } from '../exchange/route.ts'
import type { ShadowTerms } from '../exchange/shadow.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import type { ShadowConfig } from './schema/shadow.ts'

/** What the compiler of a route's shadow needs of the route. */
export interface ShadowPlace {
  readonly name: string
  readonly routeNames: readonly string[]
  readonly at: (member: 'shadow') => readonly PathStep[]
}

/** Looks whether there is somebody to ask. */
export function shadowProblems(
  shadow: ShadowConfig | undefined,
  { name, routeNames, at }: ShadowPlace,
  find: (model: string, at: readonly PathStep[]) => readonly RouteTarget[],
): ProblemDraft[] {
  if (shadow === undefined) return []
  const path = [...at('shadow'), 'to']
  if (shadow.to === name)
    return [{ path, message: 'a route is no shadow of itself', hint: 'Name another model or route.' }]
  if (!routeNames.includes(shadow.to)) find(shadow.to, path)
  return []
}

/** A shadow as a route holds it. */
export function compileShadow(shadow: ShadowConfig | undefined): { readonly shadow?: ShadowTerms } {
  if (shadow === undefined) return {}
  const { to, share, budget } = shadow
  return { shadow: { to, share, budget: { limitNanoUsd: budget.usd, window: budget.per } } }
}
