import type { Price, Rates } from '../exchange/target.ts'
import { showUsd, type PicoUsd } from '../kit/money.ts'

// Pico-USD per token are micro-USD per million tokens.
const perMillion = (pico: PicoUsd): string => showUsd(pico * 1_000n)

/** What a model costs, in few words: for a million tokens, for more in a long context, by the piece, and how else it may be served. */
export function tellPrice(price: Price | undefined): string {
  if (price === undefined) return 'unpriced'
  const { tiers = [], search, serviceTiers = new Map<string, unknown>(), simulated } = price
  return [
    tellRates(price),
    ...tiers.map((tier) => `above ${tier.aboveInputTokens} tokens ${tellRates(tier.price)}`),
    // Pico-USD for one are nano-USD for a thousand.
    ...(search === undefined ? [] : [`${showUsd(search)} for a thousand searches`]),
    ...(serviceTiers.size === 0 ? [] : [`otherwise ${[...serviceTiers.keys()].join(', ')}`]),
    ...(simulated ? ['simulated'] : []),
  ].join('; ')
}

function tellRates({ input, cacheRead, output }: Rates): string {
  const cached = cacheRead === undefined ? '' : ` (${perMillion(cacheRead)} cached)`
  return `${perMillion(input)} in${cached}, ${perMillion(output)} out`
}
