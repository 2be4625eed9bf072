import type { FactValues } from '../../exchange/condition.ts'
import type { MatchStep } from '../../exchange/decision.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { factsOf } from '../../exchange/facts-of.ts'
import type { Route, RouteMatch } from '../../exchange/route.ts'
import { defined } from '../../kit/defined.ts'
import { takeMatch } from '../../routing/take-match.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'

/** The route that takes a request whatever name it asks for; undefined where none does. */
export type MatchRoute = (exchange: Exchange) => Route | undefined

/**
 * Creates what finds that route, and takes down how. A condition that cannot be said does not hold; it is counted. What the gateway asks
 * on behalf of an exchange (a judge, a shadow) asks for whom it means, and is not led elsewhere.
 *
 * @param matches of the plan; undefined gives undefined, so that a plan without any has nothing to ask
 */
export function createMatchRoute(
  matches: readonly RouteMatch[] | undefined,
  telemetry: Telemetry,
): MatchRoute | undefined {
  if (matches === undefined) return undefined
  return (exchange) => {
    if (exchange.asked !== undefined) return undefined
    const facts = factsOf(exchange)
    exchange.trail.noteFacts(facts)
    const { route, step } = takeRoute(matches, facts, exchange.request.model)
    for (const failed of step?.failed ?? NONE)
      telemetry.count('gatehouse_condition_errors_total', { route: failed, step: 'match' })
    if (step !== undefined) exchange.trail.decide(step)
    return route
  }
}

const NONE: readonly string[] = []

/** The route that takes a request, and the step of the decision that says so; no step where there is nothing to say. */
interface MatchedRoute {
  readonly route: Route | undefined
  readonly step?: MatchStep
}

/**
 * Says which route takes a request. Pure.
 *
 * @param from the name that it asks for
 */
export function takeRoute(matches: readonly RouteMatch[], facts: FactValues, from: string): MatchedRoute {
  const { taken, failed } = takeMatch(matches, facts)
  const route = taken?.route
  if (route === undefined && failed.length === 0) return { route }
  const unsaid = failed.length === 0 ? undefined : failed
  return { route, step: { step: 'match', from, ...defined({ to: route?.name, failed: unsaid }) } }
}
