import type { Price } from '../exchange/target.ts'
import { parsePricePerMillion, parseUsd } from '../kit/money.ts'

/** USD per million tokens: input, output, read from a cache. Invented, in the range of the market. */
const PER_MILLION = {
  smart: ['1', '4', '0.1'],
  small: ['0.1', '0.4', '0.01'],
  reason: ['3', '15', '0.3'],
  vision: ['1.25', '5', '0.125'],
  embed: ['0.02', '0', '0.02'],
  rerank: ['0.05', '0', '0.05'],
  moderate: ['0', '0', '0'],
} as const

/** Two dollars for a thousand rankings of up to a hundred documents, where they are charged so. */
const PER_SEARCH = parseUsd('2')

const SERVICE_TIERS: NonNullable<Price['serviceTiers']> = new Map([
  ['priority', { price: { times: [2n, 1n] } }],
  ['flex', { price: { times: [1n, 2n] } }],
])

/** Whatever has no price of its own costs what the plain model costs. */
const FALLBACK = 'smart'

/**
 * The invented price of a simulated model, options in its name ignored. Marked `simulated`, so it is never summed with real money.
 */
export function simulatedPrice(model: string): Price {
  const [base = ''] = model.split('?')
  const name = isPriced(base) ? base : FALLBACK
  const [input, output, cacheRead] = PER_MILLION[name]
  return {
    id: `simulated/${name}/1`,
    input: parsePricePerMillion(input),
    output: parsePricePerMillion(output),
    cacheRead: parsePricePerMillion(cacheRead),
    ...(name === 'rerank' ? { search: PER_SEARCH } : {}),
    serviceTiers: SERVICE_TIERS,
    simulated: true,
  }
}

function isPriced(name: string): name is keyof typeof PER_MILLION {
  return Object.hasOwn(PER_MILLION, name)
}
