import { isFailureCode } from '../exchange/failure-table.ts'
import type { Route } from '../exchange/route.ts'
import { LIMITS } from '../kit/limits.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import type { FallbackConfig } from './schema/fallback.ts'

/** Attempts of a route that says nothing, when it has fewer targets than this. */
const DEFAULT_ATTEMPTS = 3
/** How often a route that says nothing asks a target again that failed for a moment. */
const DEFAULT_RETRIES = 1

/** What a route says of trying again. */
type Again = Pick<Route, 'maxAttempts' | 'retries' | 'deadlineMs' | 'alsoFailOver' | 'again'>

/** Compiles what a route says of trying again; `targets` are all that it may ask. */
export function compileAgain(written: FallbackConfig | undefined, targets: Route['targets']): Again {
  const { attempts, time, cost, retries = DEFAULT_RETRIES, errors = [] } = { ...written, ...written?.budget }
  const fromTargets = Math.max(DEFAULT_ATTEMPTS, targets.length + retries)
  return {
    maxAttempts: Math.min(attempts ?? fromTargets, LIMITS.attempts),
    retries,
    deadlineMs: time ?? longestOf(targets),
    alsoFailOver: errors.filter(isFailureCode),
    ...(cost === undefined ? {} : { again: { cost } }),
  }
}

/** The life of an exchange without a limit of its own: the usual one, or as long as the operator allows one of its attempts. */
function longestOf(targets: Route['targets']): number {
  return Math.max(LIMITS.exchangeMs, ...targets.map(({ target }) => target.timeouts.totalMs))
}

/** What is said of trying again in two places at once. */
export function againProblems(
  written: FallbackConfig | undefined,
  path: readonly PathStep[],
): ProblemDraft[] {
  const twice = (['attempts', 'time'] as const).filter(
    (member) => written?.[member] !== undefined && written.budget?.[member] !== undefined,
  )
  return twice.map((member) => ({
    path: [...path, 'fallback', member],
    message: `stands in fallback.budget.${member} as well`,
    hint: `Keep the one in fallback.budget.`,
  }))
}
