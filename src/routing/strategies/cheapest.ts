import { z } from 'zod'
import type { RequestFeatures } from '../../exchange/features.ts'
import type { TargetLoad } from '../../exchange/load-view.ts'
import type { RankQuestion } from '../../exchange/route.ts'
import { showUsd } from '../../kit/money.ts'
import { expectedCost } from '../../pricing/expected-cost.ts'
import { middleOf, outputTokens, withLoads, type LoadedTarget } from './expectation.ts'
import { keepLast, keepWithinSchema } from './keep-last.ts'
import { lowestFirst, type Judged } from './lowest-first.ts'
import { defineStrategy } from './strategy.ts'

/**
 * By what the request is expected to cost: input of this length as far as it is not cached, and an answer of the length that the model's
 * answers to this route have. Price lists alone mislead: who answers at length, or reasons, costs more than his price says.
 */
export const cheapest = defineStrategy({
  name: 'cheapest',
  summary: 'the least expected cost, by measured lengths of answers and cached input',
  reason: {
    code: 'cheapest',
    sentence:
      'It is expected to cost the least, by price, length of its answers and cached input, or so little more that it was kept.',
  },
  usesWeights: false,
  remembers: 'last',
  keepsTogether: 'until-cheaper',
  options: z.strictObject({ keep_within: keepWithinSchema(5) }),
  rank(targets, question, { keep_within: keepWithin }) {
    const loaded = withLoads(targets, question)
    const middle = middleOf(loaded, (load) => load.outputTokens)
    const ranked = lowestFirst(loaded, question.random, (one) => judge(one, middle, question))
    return keepLast(ranked, question.load, keepWithin)
  },
})

function judge(one: LoadedTarget, middle: number | undefined, question: RankQuestion): Judged {
  const output = outputTokens(one.load.outputTokens, middle, question)
  const score = costOf(one, output, question)
  return { score, detail: () => detailOf(score, output, { load: one.load, features: question.features }) }
}

function detailOf(
  score: number,
  output: number,
  { load, features }: { readonly load: TargetLoad; readonly features: RequestFeatures },
): string {
  if (score === Number.POSITIVE_INFINITY) return 'no price'
  const cached = Math.round((load.cachedShare ?? 0) * 100)
  const input = `${features.inputTokens} in${cached === 0 ? '' : `, ${cached} % cached`}`
  return `${showUsd(BigInt(Math.round(score)))}: ${input}, ${Math.round(output)} out`
}

/**
 * What a target is expected to take for a request, in nano-USD; infinite where it has no price, since what is not known is no bargain.
 *
 * @param output tokens of the answer
 */
export function costOf(
  { target: { price, spoken }, load }: LoadedTarget,
  output: number,
  { features, service }: RankQuestion,
): number {
  if (price === undefined) return Number.POSITIVE_INFINITY
  const isHeard = service !== undefined && spoken.some(({ dialect }) => dialect === service.dialect)
  return expectedCost(price, {
    inputTokens: features.inputTokens,
    cachedShare: load.cachedShare ?? 0,
    cacheWrites: features.cacheWrites,
    outputTokens: output,
    searches: features.searches ?? 0,
    serviceTiers: isHeard ? service.words : NO_WORDS,
  })
}

const NO_WORDS: readonly string[] = []
