import type { RouteStep } from '../exchange/route.ts'
import { implies } from '../kit/expression-clauses.ts'
import type { PathStep, ProblemDraft } from './problems.ts'

/** Steps that no request can reach, as far as that is certain from their conditions. */
export function unreachedSteps(steps: readonly RouteStep[], path: readonly PathStep[]): ProblemDraft[] {
  return steps.flatMap((step, index) => {
    const message = whyUnreached(step, steps.slice(0, index))
    return message === undefined ? [] : [{ path: [...path, 'steps', index, 'when'], message }]
  })
}

function whyUnreached({ when }: RouteStep, before: readonly RouteStep[]): string | undefined {
  if (when === undefined) return undefined
  if (when.facts.length === 0) {
    const always = when.holds({ read: () => undefined }) === true
    return always
      ? 'the condition always holds: the steps behind it are never reached'
      : 'the condition never holds'
  }
  const earlier = before.find((one) => one.when !== undefined && implies(when.clauses, one.when.clauses))
  if (earlier === undefined) return undefined
  return `the step is never reached: whenever its condition holds, so does that of ${earlier.name}`
}
