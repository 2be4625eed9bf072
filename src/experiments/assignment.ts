import type { Exchange } from '../exchange/exchange.ts'
import { BUCKETS, SPLIT_UNITS, type SplitUnit } from '../exchange/split.ts'
import { hashText, toUnit } from '../kit/rendezvous.ts'

/** By what an exchange is assigned, and what that is. */
export interface Unit {
  readonly by: SplitUnit
  readonly id: string
}

/** Says by what an exchange is assigned: by what the route names, else by the next narrower thing that there is. */
export function unitOf(exchange: Exchange, by: SplitUnit): Unit {
  for (const unit of SPLIT_UNITS.slice(SPLIT_UNITS.indexOf(by))) {
    const id = IDS[unit](exchange)
    if (id !== undefined) return { by: unit, id }
  }
  return { by: 'request', id: exchange.id }
}

const IDS: Readonly<Record<SplitUnit, (exchange: Exchange) => string | undefined>> = {
  user: ({ caller, request }) => caller.owners.user ?? ('user' in request ? request.user : undefined),
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
