import { z } from 'zod'
import type { RankQuestion } from '../../exchange/route.ts'
import { showUsd } from '../../kit/money.ts'
import { expectedCost } from '../../pricing/expected-cost.ts'
import { cachedPart, switchCost } from '../switch-cost.ts'
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
  return { score, detail: () => detailOf(one, { score, output }, question) }
}

interface Expected {
  readonly score: number
  readonly output: number
}

function detailOf(one: LoadedTarget, { score, output }: Expected, question: RankQuestion): string {
  if (score === Number.POSITIVE_INFINITY) return 'no price'
  const left = tellLeaving(one, question)
  const cached = left === undefined ? Math.round(cachedShareOf(one, question) * 100) : 0
  const input = `${question.features.inputTokens} in${cached === 0 ? '' : `, ${cached} % cached`}`
  const told = `${showUsd(BigInt(Math.round(score)))}: ${input}, ${Math.round(output)} out`
  return left === undefined ? told : `${told}, ${left}`
}

/** What of the cost of a target is there because the conversation is cached at another one, in words; undefined where nothing is. */
export function tellLeaving({ target }: LoadedTarget, question: RankQuestion): string | undefined {
  const part = cachedPart(question, target)
  if (part === undefined || part.at === target.id || target.price === undefined) return undefined
  const cost = switchCost(part.tokens, target.price, question.features.cacheWrites)
  return `${showUsd(BigInt(Math.round(cost)))} of it for leaving the cache at ${part.at}`
}

/** The share of the input that is read from a cache: of a conversation that is cached somewhere, what lies there. */
function cachedShareOf({ target, load }: LoadedTarget, question: RankQuestion): number {
  return cachedPart(question, target)?.share ?? load.cachedShare ?? 0
}

/**
 * What a target is expected to take for a request, in nano-USD; infinite where it has no price, since what is not known is no bargain.
 * Where the conversation lies in the cache of another one, leaving that is part of it.
 *
 * @param output tokens of the answer
 */
export function costOf(one: LoadedTarget, output: number, question: RankQuestion): number {
  const { price, spoken, id } = one.target
  const { features, service } = question
  if (price === undefined) return Number.POSITIVE_INFINITY
  const isHeard = service !== undefined && spoken.some(({ dialect }) => dialect === service.dialect)
  const cost = expectedCost(price, {
    inputTokens: features.inputTokens,
    cachedShare: cachedShareOf(one, question),
    cacheWrites: features.cacheWrites,
    outputTokens: output,
    searches: features.searches ?? 0,
    serviceTiers: isHeard ? service.words : NO_WORDS,
  })
  const part = cachedPart(question, one.target)
  if (part === undefined || part.at === id) return cost
  return cost + switchCost(part.tokens, price, features.cacheWrites)
}

const NO_WORDS: readonly string[] = []
