import type { Exchange } from '../../exchange/exchange.ts'
import type { Route } from '../../exchange/route.ts'
import type { CanaryTerms, SplitTerms } from '../../exchange/split.ts'
import { assign, noArm, type Assignment } from '../../experiments/assignment.ts'
import type { CanaryShares } from '../../experiments/canaries-beside.ts'
import { armsOfCanary, CANARY } from '../../experiments/route-of-arm.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { Admission } from '../policy.ts'
import { reportArm } from './report-arm.ts'

/** A route that has a canary. */
type CanaryRoute = Pick<Route, 'targets'> & { readonly canary: CanaryTerms<Route> }

export interface AssignArmParts {
  readonly canaries: CanaryShares
  readonly telemetry: Telemetry
}

/**
 * Creates the admission that divides the requests of a route: who is assigned to an arm goes its way from here on. Which arm that is
 * follows from a hash of who asks, so nobody changes it by asking again, and a share that grows only takes in more. Refuses with
 * `invalid-request` what asks for an arm that there is not.
 */
export function createAssignArm(parts: AssignArmParts): Admission {
  return (exchange) => {
    const { route, requestOptions } = exchange
    if (route?.canary !== undefined)
      return assignCanary(exchange, { targets: route.targets, canary: route.canary }, parts)
    if (route?.split !== undefined) return assignTo(exchange, route.split, parts).exchange
    if (requestOptions.arm !== undefined) throw noArm(requestOptions.arm, [])
    return exchange
  }
}

function assignCanary(exchange: Exchange, route: CanaryRoute, parts: AssignArmParts): Exchange {
  const { canary: terms } = route
  const share = parts.canaries.shareOf(terms)
  const assigned = assignTo(exchange, { ...terms, arms: armsOfCanary(terms, share) }, parts)
  if (assigned.step.forced === true) return assigned.exchange
  const isCanary = assigned.arm.name === CANARY
  const targets = (isCanary ? terms.route : route).targets.map(({ target }) => target.id)
  reportArm(assigned.exchange, targets, (outcome) =>
    parts.canaries.record(terms, isCanary ? 'canary' : 'rest', outcome),
  )
  return assigned.exchange
}

interface Assigned extends Assignment<Route> {
  readonly exchange: Exchange
}

function assignTo(exchange: Exchange, terms: SplitTerms<Route>, { telemetry }: AssignArmParts): Assigned {
  const assignment = assign(exchange, terms)
  const { arm, step } = assignment
  exchange.trail.decide(step)
  telemetry.count('gatehouse_arm_requests_total', { route: exchange.route?.name ?? '', arm: arm.name })
  return { ...assignment, exchange: arm.route === undefined ? exchange : { ...exchange, route: arm.route } }
}
