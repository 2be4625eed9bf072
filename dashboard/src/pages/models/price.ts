import type { Money } from '../../words/money.ts'
import type { ModelPrice } from './use-models.ts'

type Rates = ModelPrice['rates']

/** What one rate of a price is: of a million, or of one thing. */
export function rateOf(price: ModelPrice | null, name: string): Rates[number] | undefined {
  return price?.rates.find(({ rate }) => rate === name)
}

/** What is asked, in tokens. */
export interface Asked {
  /** Cached ones included. */
  readonly input: number
  readonly cached: number
  readonly output: number
}

/** What a request of so many tokens would cost; undefined where a token of it has no price. Rounded up, as a bill is. */
export function costOf({ input, cached, output }: Asked, price: ModelPrice): Money | undefined {
  const tier = price.tiers.findLast(({ above_input_tokens: above }) => input > above)
  const named = (name: string): bigint | undefined => {
    const found = [...(tier?.rates ?? []), ...price.rates].find(({ rate }) => rate === name)
    return found === undefined ? undefined : BigInt(found.price.nano_usd)
  }
  const plain = named('input')
  const written = named('output')
  if (plain === undefined || written === undefined) return undefined
  const read = Math.min(cached, input)
  const ofTokens =
    BigInt(input - read) * plain + BigInt(read) * (named('cache_read') ?? plain) + BigInt(output) * written
  const nano = (ofTokens + MILLION - 1n) / MILLION + (named('request') ?? 0n)
  return { usd: '', nano_usd: String(nano) }
}

const MILLION = 1_000_000n

/** `cached input` for `cache_read`. */
export function rateWord(rate: string): string {
  return WORDS[rate] ?? rate.replaceAll('_', ' ')
}

const WORDS: Readonly<Record<string, string>> = {
  cache_read: 'cached input',
  cache_write: 'written to the cache',
  cache_write_long: 'written for long',
}

/** Who says what a model costs. */
export const SOURCES: Readonly<Record<ModelPrice['source'], string>> = {
  override: 'your configuration',
  list: 'the list of prices that comes with Gatehouse',
  provider: 'the provider’s row in Gatehouse',
  simulated: 'invented for the simulator',
}
