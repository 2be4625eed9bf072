import type { AffinityTerms } from '../exchange/affinity.ts'
import type { Ranking, Route } from '../exchange/route.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import { USUAL_AFFINITY } from './schema/affinity.ts'
import type { RouteConfig } from './schema/routes.ts'

/** What is said of keeping requests together, and of the strategy that would. */
interface Ranked extends Pick<RouteConfig, 'affinity'> {
  readonly strategy: Ranking
}

/** How a route keeps requests together; nothing where its strategy would not let it, or it has nobody to choose from. */
export function compileAffinity(
  { affinity = USUAL_AFFINITY, strategy }: Ranked,
  { targets }: Pick<Route, 'targets'>,
): { readonly affinity?: AffinityTerms } {
  const isIdle = strategy.keepsTogether === 'nowhere' || targets.length < 2 || affinity.by.length === 0
  return isIdle ? {} : { affinity }
}

/** Whoever writes an affinity believes that sessions are spread over the targets. */
export function affinityProblems({ affinity, strategy }: Ranked, path: readonly PathStep[]): ProblemDraft[] {
  if (affinity === undefined || affinity.by.length === 0 || strategy.keepsTogether !== 'nowhere') return []
  const message = `an affinity means nothing in the strategy ${strategy.strategy}, which always asks the first`
  return [{ path: [...path, 'affinity'], message, hint: 'Write strategy: weighted, or remove the affinity.' }]
}
