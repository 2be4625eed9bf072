import type { Route } from '../exchange/route.ts'
import { LIMITS } from '../kit/limits.ts'
import { DEFAULT_STRATEGY } from '../routing/strategies/all.ts'
import type { CompiledRoute } from './compile-routes.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import type { StepConfig } from './schema/routes.ts'

/** Where a step that refuses stands. */
interface RefusalPlace {
  /** Name of its route. */
  readonly name: string
  readonly step: string
  readonly path: readonly PathStep[]
}

/** Compiles a step that refuses: a way on which there is nobody. What else it says of asking would mean nothing, and is an error. */
export function compileRefusal(
  refuses: string,
  others: Omit<StepConfig, 'name' | 'when' | 'refuse'>,
  { name, step, path }: RefusalPlace,
): CompiledRoute {
  const drafts = Object.entries(others)
    .filter(([, said]) => said !== undefined)
    .map(([member]) => ({
      path: [...path, member],
      message: 'means nothing in a step that refuses, as it asks nobody',
      hint: `Remove it, or remove refuse.`,
    }))
  if (drafts.length > 0) return { drafts }
  const route: Route = {
    name,
    step,
    refuses,
    ranking: DEFAULT_STRATEGY.standard,
    targets: [],
    fallback: [],
    maxAttempts: 0,
    retries: 0,
    deadlineMs: LIMITS.exchangeMs,
    alsoFailOver: [],
    strict: false,
    mixesModels: false,
    unpriced: 'allow',
  }
  return { route, drafts }
}

/** A route all of whose steps refuse: it would be a name that nobody can use. */
export function deadEnd(steps: readonly StepConfig[], path: readonly PathStep[]): ProblemDraft[] {
  if (steps.some(({ refuse }) => refuse === undefined)) return []
  const hint = 'Give one of them targets, or remove the route.'
  return [{ path: [...path, 'steps'], message: 'every step refuses, so nobody is ever asked', hint }]
}
