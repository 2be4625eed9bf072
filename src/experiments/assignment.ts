import type { Caller } from '../exchange/caller.ts'
import type { SplitStep } from '../exchange/decision.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { Failure } from '../exchange/failure.ts'
import { BUCKETS, SPLIT_UNITS, type SplitArm, type SplitTerms, type SplitUnit } from '../exchange/split.ts'
import { hashText, toUnit } from '../kit/rendezvous.ts'

/** By what an exchange is assigned, and what that is. */
export interface Unit {
  readonly by: SplitUnit
  readonly id: string
}

/** What of an exchange bears on how it is assigned. */
export interface Assignable extends Pick<Exchange, 'id'> {
  readonly caller: Pick<Caller, 'owners'>
  readonly request: object & { readonly user?: string | undefined }
  readonly requestOptions: Pick<Exchange['requestOptions'], 'session' | 'arm'>
}

/** An arm that somebody is in, and the step of the decision that says why. */
export interface Assignment<R> {
  readonly arm: SplitArm<R>
  readonly step: SplitStep
}

/** Assigns an exchange to an arm: to the one that it asks for, else by its bucket. Throws `invalid-request` where there is none of that name. */
export function assign<R>(exchange: Assignable, { by, salt, arms }: SplitTerms<R>): Assignment<R> {
  const wanted = exchange.requestOptions.arm
  const unit = unitOf(exchange, by)
  const bucket = bucketOf(salt, unit.id)
  const arm = wanted === undefined ? armAt(arms, bucket) : arms.find(({ name }) => name === wanted)
  if (arm === undefined) throw noArm(wanted ?? '', arms)
  const step = {
    step: 'split',
    arm: arm.name,
    unit: unit.by,
    bucket,
    propensity: arm.share / BUCKETS,
  } as const
  return { arm, step: wanted === undefined ? step : { ...step, forced: true } }
}

/** Why an arm that is asked for cannot be had. */
export function noArm(wanted: string, arms: readonly { readonly name: string }[]): Failure {
  const known = arms.length === 0 ? 'It has none.' : `It has ${arms.map(({ name }) => name).join(', ')}.`
  return new Failure('invalid-request', {
    param: 'gatehouse.arm',
    message: `The route has no arm "${wanted.slice(0, 100)}". ${known}`,
  })
}

/** Says by what an exchange is assigned: by what the route names, else by the next narrower thing that there is. */
export function unitOf(exchange: Assignable, by: SplitUnit): Unit {
  for (const unit of SPLIT_UNITS.slice(SPLIT_UNITS.indexOf(by))) {
    const id = IDS[unit](exchange)
    if (id !== undefined) return { by: unit, id }
  }
  return { by: 'request', id: exchange.id }
}

const IDS: Readonly<Record<SplitUnit, (exchange: Assignable) => string | undefined>> = {
  user: ({ caller, request }) => caller.owners.user ?? request.user,
  session: ({ requestOptions }) => requestOptions.session,
  key: ({ caller }) => caller.owners.key,
  request: ({ id }) => id,
}

/**
 * The bucket of a unit, 0 to 9,999: a hash, so that it is the same in every process, after every restart, and needs nothing to be
 * stored. Under another salt the same unit lies elsewhere, so that two experiments do not meet the same people.
 */
export function bucketOf(salt: string, unit: string): number {
  return Math.floor(toUnit(hashText(unit, hashText(`${salt}\n`))) * BUCKETS)
}

/**
 * The arm whose buckets hold one. The arms behind the first take theirs from 0 upward in their order, the first has the rest: where
 * a share grows its border moves outward, whoever is in stays in, and nobody changes between two others.
 */
export function armAt<Arm extends { readonly share: number }>(
  arms: readonly Arm[],
  bucket: number,
): Arm | undefined {
  const [rest, ...others] = arms
  let end = 0
  for (const arm of others) {
    end += arm.share
    if (bucket < end) return arm
  }
  return rest
}
