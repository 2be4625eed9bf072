import type { Price, Rates } from '../exchange/target.ts'
import type { PicoUsd } from '../kit/money.ts'

/** A conversation whose prompt lies in the cache of one target, and the thought of asking another. */
export interface Switch {
  /** Tokens that lie there. */
  readonly cachedTokens: number
  readonly from: Price
  readonly to: Price
}

/**
 * What the cached part of a prompt costs more at another target than where it is warm, in pico-USD: there it is read anew, at the price of
 * a cache write where that is known, here from the cache. Below 0 where leaving pays although the cache is lost, which takes a price of
 * less than about a tenth.
 */
export function switchCost({ cachedTokens, from, to }: Switch): PicoUsd {
  return BigInt(Math.round(cachedTokens)) * (coldRate(to) - warmRate(from))
}

/** What a token costs that is read for the first time and will be asked for again. */
function coldRate({ input, cacheWrite = input }: Rates): PicoUsd {
  return cacheWrite
}

function warmRate({ input, cacheRead = input }: Rates): PicoUsd {
  return cacheRead
}
