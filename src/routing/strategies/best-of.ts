import { z } from 'zod'
import type { RankQuestion } from '../../exchange/route.ts'
import { costOf } from './cheapest.ts'
import { middleOf, outputTokens, withLoads, type LoadedTarget } from './expectation.ts'
import { judgeTime } from './fastest.ts'
import { keepLast, keepWithinSchema } from './keep-last.ts'
import { lowestFirst, type Judged } from './lowest-first.ts'
import { defineStrategy } from './strategy.ts'
import { trust } from './trust.ts'

/** What is weighed, and how much where the file does not say. */
const WEIGHTS = { price: 4, errors: 3, speed: 2, headroom: 1 } as const
const MEANINGS: Readonly<Record<keyof typeof WEIGHTS, string>> = {
  price: 'How much the expected cost counts.',
  errors: 'How much it counts that calls fail, or that it comes back from a rest.',
  speed: 'How much the expected time counts, for the calls under way.',
  headroom: 'How much it counts what is left of its rate limits.',
}
const WEIGHT = 'a number from 0 to 100'

const weightSchema = (name: keyof typeof WEIGHTS) =>
  z
    .number({ error: WEIGHT })
    .min(0, { error: WEIGHT })
    .max(100, { error: WEIGHT })
    .default(WEIGHTS[name])
    .describe(MEANINGS[name])

type Weights = Readonly<Record<keyof typeof WEIGHTS, number>>

/**
 * By everything at once. Each quality is a share of the best there is (half the price of another is twice as good), and the score is
 * their weighted geometric mean: where one is nothing, as without a price or without room, so is the whole.
 */
export const bestOf = defineStrategy({
  name: 'best-of',
  summary: 'price, errors, speed and headroom, weighed against each other',
  reason: {
    code: 'best-of',
    sentence:
      'It has the best score of price, errors, speed and headroom by their weights, or one so little lower that it was kept.',
  },
  usesWeights: false,
  remembers: 'last',
  keepsTogether: 'among-equals',
  options: z.strictObject({
    price: weightSchema('price'),
    errors: weightSchema('errors'),
    speed: weightSchema('speed'),
    headroom: weightSchema('headroom'),
    keep_within: keepWithinSchema(15),
  }),
  rank(targets, question, { keep_within: keepWithin, ...weights }) {
    if (targets.length < 2) return targets
    const loaded = withLoads(targets, question)
    const qualities = qualitiesOf(loaded, question)
    const ranked = lowestFirst(loaded, question.random, (one) => judge(qualities(one), weights))
    return keepLast(ranked, question.load, keepWithin)
  },
})

/** The qualities of each, as shares of the best. */
function qualitiesOf(
  loaded: readonly LoadedTarget[],
  question: RankQuestion,
): (one: LoadedTarget) => Weights {
  const middle = middleOf(loaded, (load) => load.outputTokens)
  const timeOf = judgeTime(loaded, question, 'end')
  const measured = new Map(
    loaded.map((one) => {
      const output = outputTokens(one.load.outputTokens, middle, question)
      return [one, { cost: costOf(one, output, question), ms: timeOf(one).ms * (one.load.inFlight + 1) }]
    }),
  )
  let leastCost = Number.POSITIVE_INFINITY
  let leastMs = Number.POSITIVE_INFINITY
  for (const { cost, ms } of measured.values()) {
    leastCost = Math.min(leastCost, cost)
    leastMs = Math.min(leastMs, ms)
  }
  return (one) => {
    const { cost = Number.POSITIVE_INFINITY, ms = Number.POSITIVE_INFINITY } = measured.get(one) ?? {}
    return {
      price: ratio(leastCost, cost),
      errors: trust(one.load),
      speed: ratio(leastMs, ms),
      headroom: one.load.headroom ?? 1,
    }
  }
}

/** What costs nothing is as good as can be; what has no price is no good. */
function ratio(least: number, value: number): number {
  if (value === Number.POSITIVE_INFINITY) return 0
  return value === 0 ? 1 : least / value
}

function judge(qualities: Weights, weights: Weights): Judged {
  let product = 1
  let total = 0
  let name: keyof Weights
  for (name in WEIGHTS) {
    if (weights[name] === 0) continue
    product *= qualities[name] ** weights[name]
    total += weights[name]
  }
  const score = total === 0 ? 1 : product ** (1 / total)
  const detail = (): string => {
    const shown = Object.entries(qualities).map(([quality, share]) => `${quality} ${share.toFixed(2)}`)
    return `${score.toFixed(2)}: ${shown.join(', ')}`
  }
  return { score: 1 / score, detail }
}
