import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { Price } from '../exchange/target.ts'
import { parsePricePerMillion } from '../kit/money.ts'
import { upperBound, type UpperBoundQuestion } from './cost.ts'
import { createUpperBound } from './remember-bound.ts'

const usd = (perMillion: string) => parsePricePerMillion(perMillion)

const plain: Price = { id: 'p', input: usd('3'), output: usd('15'), simulated: false }
const full: Price = {
  ...plain,
  cacheWrite: usd('6'),
  inputAudio: usd('40'),
  outputAudio: usd('80'),
  webSearch: 20_000_000_000n,
  serviceTiers: new Map([['priority', { price: { times: [2n, 1n] } }]]),
}

/** Few of each kind, so that neighbours are often the same or differ in one thing. */
const questions: fc.Arbitrary<UpperBoundQuestion> = fc.record({
  price: fc.constantFrom(plain, full),
  inputTokens: fc.constantFrom(1_000, 2_000),
  maxOutputTokens: fc.constantFrom(0, 500),
  audio: fc.boolean(),
  cacheWrites: fc.boolean(),
  searches: fc.constantFrom(0, 3),
  serviceTiers: fc.constantFrom([], ['priority']),
})

test('whatever was asked before, the answer is the one to the question', () => {
  fc.assert(
    fc.property(fc.array(questions, { minLength: 2, maxLength: 20 }), (asked) => {
      const remembering = createUpperBound()
      // Each one twice: from memory, and behind a neighbour.
      for (const question of asked.flatMap((one) => [one, { ...one }])) {
        expect(remembering(question)).toBe(upperBound(question))
      }
    }),
  )
})
