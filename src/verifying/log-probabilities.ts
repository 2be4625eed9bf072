import { z } from 'zod'
import { isObject, readNumber, type Json } from '../kit/json.ts'
import { defineVerifier, NOTHING, PASS, reject } from './verifier.ts'

const LOWEST = 5

const belowZero = (standard: number) =>
  z
    .number({ error: 'a number ≤ 0' })
    .max(0, { error: 'a number ≤ 0' })
    .min(-100, { error: 'a number of at least -100' })
    .default(standard)

/** That the model was sure of what it wrote, where the provider tells. It does where the client asked for it, and no other. */
export const logProbabilities = defineVerifier({
  name: 'log-probabilities',
  summary: 'that the model was sure of its words, where the provider tells their log probabilities',
  reasons: {
    unsure: 'The mean log probability of the tokens is low.',
    'unsure-in-places': 'The log probability of the least likely tokens is low.',
  },
  options: z.strictObject({
    mean: belowZero(-1).describe('The least mean over all tokens.'),
    lowest: belowZero(-8).describe(`The least mean over the ${LOWEST} least likely tokens.`),
  }),
  judgesBeginnings: true,
  judge: ({ choice: { logprobs } }, options) => {
    const lowest: number[] = []
    let sum = 0
    let count = 0
    for (const entry of logprobs) {
      const value = valueOf(entry)
      if (value === undefined) continue
      sum += value
      count += 1
      keepLowest(lowest, value)
    }
    if (count === 0) return NOTHING
    const mean = sum / count
    if (mean < options.mean) return reject('unsure', `mean ${mean.toFixed(2)} of ${count}`)
    const least = lowest.reduce((total, value) => total + value, 0) / lowest.length
    // Of a short answer the least likely tokens are all there are.
    if (count >= 2 * LOWEST && least < options.lowest) {
      return reject('unsure-in-places', `lowest ${LOWEST} at ${least.toFixed(2)}`)
    }
    return PASS
  },
})

function valueOf(entry: Json): number | undefined {
  return isObject(entry) ? readNumber(entry, 'logprob') : undefined
}

function keepLowest(lowest: number[], value: number): void {
  if (lowest.length === LOWEST && value >= (lowest[0] ?? 0)) return
  lowest.push(value)
  lowest.sort((one, other) => other - one)
  if (lowest.length > LOWEST) lowest.shift()
}
