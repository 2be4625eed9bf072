import { expect, test } from 'bun:test'
import type { Price } from '../exchange/target.ts'
import { parsePricePerMillion, parseUsd } from '../kit/money.ts'
import { tellPrice } from './tell-price.ts'

const usd = (perMillion: string) => parsePricePerMillion(perMillion)
const plain: Price = { id: 'p', input: usd('1.25'), output: usd('10'), simulated: false }

test('a price is told for a million tokens, with all that it depends on', () => {
  expect(tellPrice(undefined)).toBe('unpriced')
  expect(tellPrice(plain)).toBe('$1.250000 in, $10.000000 out')
  const full: Price = {
    ...plain,
    cacheRead: usd('0.125'),
    tiers: [{ aboveInputTokens: 200_000, price: { input: usd('2.5'), output: usd('15') } }],
    search: parseUsd('2.5'),
    serviceTiers: new Map([
      ['flex', { price: { times: [1n, 2n] } }],
      ['batch', { price: { times: [1n, 2n] } }],
    ]),
    simulated: true,
  }
  expect(tellPrice(full)).toBe(
    '$1.250000 in ($0.125000 cached), $10.000000 out; above 200000 tokens $2.500000 in, $15.000000 out; $2.500000 for a thousand searches; otherwise flex, batch; simulated',
  )
})
