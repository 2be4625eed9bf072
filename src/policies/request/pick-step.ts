import type { FactValues } from '../../exchange/condition.ts'
import type { ConditionStep } from '../../exchange/decision.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { joinConstraints } from '../../exchange/constraint.ts'
import { factsOf } from '../../exchange/facts-of.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Route, RouteStep } from '../../exchange/route.ts'
import type { Mutable } from '../../kit/mutable.ts'
import { findHolder, holderFirst } from '../stored/stored-answers.ts'
import { takeStep } from '../../routing/take-step.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { Admission } from '../policy.ts'

/**
 * Creates the admission that says how a route is taken: by the first of its steps whose condition holds, which from then on is the
 * exchange's route. A condition that cannot be said does not hold; it is counted, and stands in the decision. Rejects with
 * `refused-by-rule` where the step refuses whoever takes it.
 */
export function createPickStep({ telemetry }: { readonly telemetry: Telemetry }): Admission {
  return (exchange) => {
    const { route } = exchange
    if (route === undefined) return exchange
    if (route.steps === undefined) return route.only === undefined ? exchange : withRoute(exchange, route)
    const taken = pick(route.name, route.steps, { exchange, telemetry })
    return withRoute(exchange, holderAhead(exchange, taken))
  }
}

interface Picking {
  readonly exchange: Exchange
  readonly telemetry: Telemetry
}

function pick(routeName: string, steps: readonly RouteStep[], { exchange, telemetry }: Picking): Route {
  const facts = factsOf(exchange)
  exchange.trail.noteFacts(facts)
  const { route, step } = takeWay(routeName, steps, facts)
  for (const failed of step.failed ?? NONE)
    telemetry.count('gatehouse_condition_errors_total', { route: routeName, step: failed })
  exchange.trail.decide(step)
  checkRefusal(route)
  return route
}

const NONE: readonly string[] = []

/** How a route with steps is taken, and the step of the decision that says why. */
interface Way {
  readonly route: Route
  readonly step: ConditionStep
}

/** Says how a route is taken. Pure. */
export function takeWay(routeName: string, steps: readonly RouteStep[], facts: FactValues): Way {
  const { taken, unmet, failed } = takeStep(steps, facts)
  if (taken === undefined)
    throw new Failure('internal', { cause: `no step of the route ${routeName} is without a condition` })
  const { name: picked, route } = taken
  const step: Mutable<ConditionStep> = { step: 'condition', picked }
  if (unmet.length > 0) step.unmet = unmet
  if (failed.length > 0) step.failed = failed
  if (route.refuses !== undefined) step.refused = true
  return { route, step }
}

/** Throws `refused-by-rule` where the step that was taken refuses. */
export function checkRefusal({ refuses }: Route): void {
  if (refuses !== undefined) throw new Failure('refused-by-rule', { message: refuses })
}

/** Whoever stores the conversation is asked first, where the step leads there at all. */
function holderAhead({ held }: Exchange, route: Route): Route {
  const holding = held && findHolder(route, held)
  return holding === undefined ? route : holderFirst(route, holding)
}

/** The exchange on a route, in no more time than that gives, and under its constraints beside those that hold already. */
function withRoute(exchange: Exchange, route: Route): Exchange {
  const taken: Mutable<Exchange> = { ...exchange, route }
  taken.deadlineAtMs = Math.min(exchange.deadlineAtMs, exchange.startedAtMs + route.deadlineMs)
  const only = joinConstraints(exchange.only, route.only)
  if (only !== undefined) taken.only = only
  return taken
}
