import type { Mutable } from '../kit/mutable.ts'
import { NO_COUNTS, OTHER_UNITS, SIDES, TOKEN_UNITS, type Counts, type TokenUnit } from './units.ts'

/**
 * What may be wrong with a provider's report of usage. It stands on the row of the attempt, so that a bill can be disputed:
 * `not-a-count` a number that is negative, fractional or beyond all numbers; `parts-mismatch` parts that do not add up to their
 * total; `cache-beyond-input` more read from or written to a cache than there was input; `report-shrank` less than was reported
 * before; `no-input` and `no-output` nothing of it for an answer that has content; `input-beyond-request` and `output-beyond-answer` more
 * than request and answer can explain.
 */
export type UsageAnomaly =
  | 'not-a-count'
  | 'parts-mismatch'
  | 'cache-beyond-input'
  | 'report-shrank'
  | 'no-input'
  | 'no-output'
  | 'input-beyond-request'
  | 'output-beyond-answer'

/**
 * What an attempt used, counted in disjoint units (law 9). Providers disagree on what contains what; each dialect's decoder takes
 * its convention apart, once, and both the wire and the ledger read the result.
 */
export interface Usage extends Counts {
  /** True when a number was counted here because the provider never said. */
  readonly estimated: boolean
  /** The tier that the provider says it served, in its own word. */
  readonly serviceTier?: string
  /** What of the service was not the usual one and changes the price, in the provider's words; see `Price.serviceTiers`. */
  readonly servedTiers?: readonly string[]
  /** What is wrong with the report; absent when nothing is. */
  readonly anomalies?: readonly UsageAnomaly[]
}

/** The usage with something more that is wrong with its report. */
export function withAnomaly(usage: Usage, anomaly: UsageAnomaly): Usage {
  const known = usage.anomalies ?? []
  return known.includes(anomaly) ? usage : { ...usage, anomalies: [...known, anomaly] }
}

export const NO_USAGE: Usage = { ...NO_COUNTS, estimated: false }

/** What two answers used together; tiers and trouble of either are kept. */
export function addUsage(one: Usage, other: Usage): Usage {
  const sum: Mutable<Usage> = { ...one, ...other, estimated: one.estimated || other.estimated }
  for (const unit of TOKEN_UNITS) sum[unit] = one[unit] + other[unit]
  for (const unit of OTHER_UNITS) {
    const count = (one[unit] ?? 0) + (other[unit] ?? 0)
    if (count > 0) sum[unit] = count
  }
  const anomalies = [...new Set([...(one.anomalies ?? []), ...(other.anomalies ?? [])])]
  if (anomalies.length > 0) sum.anomalies = anomalies
  return sum
}

/** All input tokens that clients are told of, cached or not. */
export function totalInput(usage: Counts): number {
  return totalOf(usage, SIDES.input)
}

/** All output tokens that clients are told of, reasoning included. */
export function totalOutput(usage: Counts): number {
  return totalOf(usage, SIDES.output)
}

function totalOf(usage: Counts, units: readonly TokenUnit[]): number {
  let total = 0
  for (const unit of units) total += usage[unit]
  return total
}

/** A count from a reported number: absent, negative, fractional and vast values become a whole number from 0 to 2^53 - 1. */
export function toTokens(value: number | undefined): number {
  if (value === undefined || !Number.isFinite(value) || value <= 0) return 0
  return Math.min(Math.floor(value), Number.MAX_SAFE_INTEGER)
}
