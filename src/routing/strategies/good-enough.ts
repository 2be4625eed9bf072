import { z } from 'zod'
import type { RankQuestion } from '../../exchange/route.ts'
import type { Price, Target } from '../../exchange/target.ts'
import { showUsd } from '../../kit/money.ts'
import { costOf, tellLeaving } from './cheapest.ts'
import { middleOf, outputTokens, withLoads, type LoadedTarget } from './expectation.ts'
import { lowestFirst, type Judged } from './lowest-first.ts'
import { defineStrategy } from './strategy.ts'

/** What a lack of quality weighs beside money: a twentieth of the scale as much as the price of the dearest target. */
const LACK_WEIGHS = 20
/** What going beyond a wish for cost or time weighs: as much as a lack of a quarter of the scale. */
const BEYOND_WEIGHS = 5
/** What it weighs that all calls to a target fail. */
const FAILING_WEIGHS = 5
const NANO_PER_USD = 1e9

const SHARE = 'a number from 0 to 1'
const shareSchema = z.number({ error: SHARE }).min(0, { error: SHARE }).max(1, { error: SHARE })
const POSITIVE = 'a number above 0'
const positiveSchema = z.number({ error: POSITIVE }).gt(0, { error: POSITIVE })

interface Wants {
  readonly quality: number
  readonly max_cost?: number | undefined
  readonly max_ttft_ms?: number | undefined
}

/**
 * The cheapest target whose quality is what the task wants. What money is worth grows while a budget of the caller is used faster
 * than its window passes (`shadowPrice`): then less quality is good enough, a little at first.
 */
export const goodEnough = defineStrategy({
  name: 'good-enough',
  summary: 'the cheapest whose quality is what the task wants',
  reason: {
    code: 'good-enough',
    sentence:
      'It is expected to cost the least of those whose quality is what the task wants, as far as budgets allow it.',
  },
  usesWeights: false,
  usesBudget: true,
  keepsTogether: 'until-cheaper',
  options: z.strictObject({
    quality: shareSchema
      .default(0.75)
      .describe('What the task wants of the `quality` of a model (section models), 0 to 1.'),
    max_cost: positiveSchema.optional().describe('US dollars that an answer should not cost more than.'),
    max_ttft_ms: positiveSchema
      .optional()
      .describe('Milliseconds after which an answer should have begun, as far as that was measured.'),
  }),
  rank(targets, question, wants) {
    if (targets.length < 2) return targets
    const loaded = withLoads(targets, question)
    const middle = middleOf(loaded, (load) => load.outputTokens)
    const costs = new Map(
      loaded.map((one) => {
        const output = outputTokens(one.load.outputTokens, middle, question)
        return [one.target, costOf(one, output, question)] as const
      }),
    )
    const dearest = Math.max(...[...costs.values()].filter(Number.isFinite), 1)
    return lowestFirst(loaded, question.random, (one) =>
      judge(one, { cost: costs.get(one.target) ?? dearest, dearest, wants, question }),
    )
  },
})

interface Terms {
  /** Nano-USD; infinite where there is no price. */
  readonly cost: number
  readonly dearest: number
  readonly wants: Wants
  readonly question: RankQuestion
}

function judge(one: LoadedTarget, { cost, dearest, wants, question }: Terms): Judged {
  const { target, load } = one
  const { shadowPrice = 0 } = question
  const quality = qualityOf(target)
  const isPriced = Number.isFinite(cost)
  const lack = Math.max(0, wants.quality - quality)
  const isDear = wants.max_cost !== undefined && cost > wants.max_cost * NANO_PER_USD
  const isSlow = wants.max_ttft_ms !== undefined && (load.firstTokenMs ?? 0) > wants.max_ttft_ms
  const score =
    (1 + shadowPrice) * (isPriced ? cost / dearest : 1) +
    LACK_WEIGHS * lack +
    (isDear ? BEYOND_WEIGHS : 0) +
    (isSlow ? BEYOND_WEIGHS : 0) +
    FAILING_WEIGHS * load.errorShare
  const tell = (left: string | undefined): readonly string[] => [
    `quality ${quality}${target.capabilities.quality === undefined ? ' by price' : ''} of ${wants.quality}`,
    isPriced ? showUsd(BigInt(Math.round(cost))) : 'no price',
    ...(left === undefined ? [] : [left]),
    ...(isDear ? ['dearer than wished'] : []),
    ...(isSlow ? ['slower than wished'] : []),
    ...(shadowPrice > 0 ? [`saving, money counts ${Math.round((1 + shadowPrice) * 10) / 10} times`] : []),
  ]
  return { score, detail: () => tell(tellLeaving(one, question)).join(', ') }
}

/** Where nothing is known of a model, not even its price. */
const UNKNOWN_QUALITY = 0.6
const PICO_PER_MILLION_TO_USD = 1e6
/** By output prices of US dollars per million tokens: 0.3 is about 0.5, 1.5 is 0.65, 10 is 0.82, 75 is 1. */
const AT_ONE_USD = 0.62
const PER_TENFOLD = 0.2

/** The quality of a model, 0 to 1: as it is declared, else by rule of thumb, which is that better ones are dearer. */
function qualityOf({ capabilities, price }: Target): number {
  if (capabilities.quality !== undefined) return capabilities.quality
  return price === undefined ? UNKNOWN_QUALITY : qualityByPrice(price)
}

function qualityByPrice({ output }: Price): number {
  const usdPerMillion = Number(output) / PICO_PER_MILLION_TO_USD
  if (usdPerMillion <= 0) return UNKNOWN_QUALITY
  const quality = AT_ONE_USD + PER_TENFOLD * Math.log10(usdPerMillion)
  return Math.round(Math.min(1, Math.max(0, quality)) * 100) / 100
}
