import type { HouseOptions } from './open-house.ts'

/** A model at a thousandth of a dollar for a token of input, which the budget of `poor` holds ten of. */
export const BY_TOKEN = { price: { input: 1_000, output: 0 } }

/** Keys of which each is kept from one thing: other operations than conversations, money, tokens per minute. */
export const HELD_KEYS = {
  chatter: { endpoints: ['chat'] },
  poor: { budget: { usd: 0.01, per: 'day' } },
  slow: { tpm: 100 },
} as const satisfies HouseOptions['keys']
