import type { Exchange } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Route } from '../../exchange/route.ts'
import { BUCKETS, type CanaryTerms, type SplitTerms } from '../../exchange/split.ts'
import { armAt, bucketOf, unitOf } from '../../experiments/assignment.ts'
import type { CanaryBoard } from '../../experiments/canary-board.ts'
import { armsOfCanary, CANARY } from '../../experiments/route-of-arm.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { Admission } from '../policy.ts'
import { reportArm } from './report-arm.ts'

/** A route that has a canary. */
type CanaryRoute = Pick<Route, 'targets'> & { readonly canary: CanaryTerms<Route> }

export interface AssignArmParts {
  readonly canaries: CanaryBoard
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
    if (route?.split !== undefined) return assign(exchange, route.split, parts).exchange
    if (requestOptions.arm !== undefined) throw noArm(requestOptions.arm, [])
    return exchange
  }
}

function assignCanary(exchange: Exchange, route: CanaryRoute, parts: AssignArmParts): Exchange {
  const { canary: terms } = route
  const share = parts.canaries.shareOf(terms)
  const assigned = assign(exchange, { ...terms, arms: armsOfCanary(terms, share) }, parts)
  if (assigned.isForced) return assigned.exchange
  const isCanary = assigned.arm === CANARY
  const targets = (isCanary ? terms.route : route).targets.map(({ target }) => target.id)
  reportArm(assigned.exchange, targets, (outcome) =>
    parts.canaries.record(terms, isCanary ? 'canary' : 'rest', outcome),
  )
  return assigned.exchange
}

interface Assigned {
  readonly exchange: Exchange
  readonly arm: string
  readonly isForced: boolean
}

function assign(exchange: Exchange, terms: SplitTerms<Route>, { telemetry }: AssignArmParts): Assigned {
  const { requestOptions, trail, route } = exchange
  const unit = unitOf(exchange, terms.by)
  const bucket = bucketOf(terms.salt, unit.id)
  const wanted = requestOptions.arm
  const arm =
    wanted === undefined ? armAt(terms.arms, bucket) : terms.arms.find(({ name }) => name === wanted)
  if (arm === undefined) throw noArm(wanted ?? '', terms.arms)
  const step = {
    step: 'split',
    arm: arm.name,
    unit: unit.by,
    bucket,
    propensity: arm.share / BUCKETS,
  } as const
  trail.decide(wanted === undefined ? step : { ...step, forced: true })
  telemetry.count('gatehouse_arm_requests_total', { route: route?.name ?? '', arm: arm.name })
  return {
    exchange: arm.route === undefined ? exchange : { ...exchange, route: arm.route },
    arm: arm.name,
    isForced: wanted !== undefined,
  }
}

function noArm(wanted: string, arms: readonly { readonly name: string }[]): Failure {
  const known = arms.length === 0 ? 'It has none.' : `It has ${arms.map(({ name }) => name).join(', ')}.`
  return new Failure('invalid-request', {
    param: 'gatehouse.arm',
    message: `The route has no arm "${wanted.slice(0, 100)}". ${known}`,
  })
}
