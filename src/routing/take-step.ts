import type { FactValues } from '../exchange/condition.ts'
import type { RouteStep } from '../exchange/route.ts'

/** How the steps of a route were gone through. */
export interface TakenStep {
  /** The first whose condition holds; undefined where there is none, which no compiled route has. */
  readonly taken: RouteStep | undefined
  /** Names of those before it whose conditions do not hold, and whose conditions cannot be said. */
  readonly unmet: readonly string[]
  readonly failed: readonly string[]
}

/** Takes the first step of a route whose condition holds. Pure. */
export function takeStep(steps: readonly RouteStep[], facts: FactValues): TakenStep {
  const unmet: string[] = []
  const failed: string[] = []
  for (const step of steps) {
    const holds = step.when === undefined || step.when.holds(facts)
    if (holds === true) return { taken: step, unmet, failed }
    const passed = holds === undefined ? failed : unmet
    passed.push(step.name)
  }
  return { taken: undefined, unmet, failed }
}
