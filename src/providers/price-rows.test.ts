import { expect, test } from 'bun:test'
import { rowPriceOf } from './price-rows.ts'

const ROWS = [
  { models: /^free-/, input: '0' },
  { models: /^rank-/, input: '0.05', searches: '2' },
]

test('the first row that matches is the price, and its id changes with it', () => {
  expect(rowPriceOf('x', ROWS, 'free-1')).toMatchObject({ input: 0n, output: 0n, simulated: false })
  expect(rowPriceOf('x', ROWS, 'rank-1')).toMatchObject({ input: 50_000n, search: 2_000_000_000n })
  expect(rowPriceOf('x', ROWS, 'other')).toBeUndefined()
  expect(rowPriceOf('x', undefined, 'free-1')).toBeUndefined()
  const [one, other] = ['0', '0.1'].map((input) => rowPriceOf('x', [{ models: /^/, input }], 'm')?.id)
  expect(one).not.toBe(other)
})
