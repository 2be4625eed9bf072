import type { Price, Rates } from '../exchange/target.ts'
import { ratesAsked } from './cost.ts'

const PICO_PER_NANO = 1_000

/** What a request is expected to use. */
export interface ExpectedUsage {
  readonly inputTokens: number
  /** The share of them that is read from a cache, 0 to 1. */
  readonly cachedShare: number
  /** Is the rest written to a cache? */
  readonly cacheWrites: boolean
  readonly outputTokens: number
  /** Asked for, such as rankings. */
  readonly searches: number
  /** Words by which service at another price is asked for. */
  readonly serviceTiers: readonly string[]
}

/** What a request is expected to cost, in nano-USD. A guess for comparing, in floating point: nobody is charged by it. */
export function expectedCost(price: Price, expected: ExpectedUsage): number {
  const { inputTokens, cachedShare, outputTokens, searches, cacheWrites } = expected
  const rates = ratesAsked(price, inputTokens, expected.serviceTiers)
  const cached = inputTokens * cachedShare
  const fresh = cacheWrites ? (rates.cacheWrite ?? rates.input) : rates.input
  const pico =
    (inputTokens - cached) * Number(fresh) +
    cached * Number(rates.cacheRead ?? rates.input) +
    outputTokens * Number(rates.output) +
    searches * Number(rates.search ?? 0n) +
    Number(feeOf(rates))
  return pico / PICO_PER_NANO
}

function feeOf({ request = 0n }: Rates): bigint {
  return request
}
