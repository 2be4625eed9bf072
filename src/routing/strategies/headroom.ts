import { z } from 'zod'
import type { RankedTarget, RankQuestion } from '../../exchange/route.ts'
import { toDraw } from '../../kit/rendezvous.ts'
import { withLoads, type LoadedTarget } from './expectation.ts'
import { defineStrategy } from './strategy.ts'

/** How much more likely a target is drawn that has a tenth more left: e times. */
const TEMPERATURE = 0.1
/** Estimates of tokens may be this much too low. */
const ESTIMATE_SLACK = 1.1

/**
 * By what is left of the limits of providers: those that they tell with their answers, and those that the file sets for a key. A target
 * that has less than a reserve left, or not as many tokens as the request takes, is spared while there is another: it is passed by
 * before it refuses. A limit that nobody knows of is none.
 */
export const headroom = defineStrategy({
  name: 'headroom',
  summary: 'what is left of rate limits, passing by whoever is about to refuse',
  reason: {
    code: 'headroom',
    sentence:
      'It has room in its rate limits: most likely the most of all, or it is the first that has enough.',
  },
  usesWeights: false,
  keepsTogether: 'among-equals',
  options: z.strictObject({
    prefer: z
      .enum(['room', 'order'])
      .default('room')
      .describe(
        'Whom it prefers: who has the most room, or the first of the list that has more than the reserve.',
      ),
    reserve: z
      .number({ error: 'a number from 0 to 100' })
      .min(0, { error: 'a number from 0 to 100' })
      .max(100, { error: 'a number from 0 to 100' })
      .default(10)
      .describe('Per cent of a limit below which a target is asked only when no other has more.'),
  }),
  rank(targets, question, { prefer, reserve }) {
    if (targets.length < 2) return targets
    return withLoads(targets, question)
      .map((one, index) =>
        place(one, prefer === 'order' ? index : undefined, { question, reserve: reserve / 100 }),
      )
      .sort((left, right) => left.score - right.score || left.draw - right.draw)
  },
})

/** @param index where the order of the list counts */
function place(
  { target, load }: LoadedTarget,
  index: number | undefined,
  { question, reserve }: { readonly question: RankQuestion; readonly reserve: number },
): RankedTarget & { readonly score: number; readonly draw: number } {
  const { features, random } = question
  const fits = load.tokensLeft === undefined || load.tokensLeft >= features.inputTokens * ESTIMATE_SLACK
  const share = fits ? (load.headroom ?? 1) : 0
  const isSpared = share < reserve || share === 0
  const draw = toDraw(random.next(), Math.exp(share / TEMPERATURE))
  // Those that are spared come last, those with more left first.
  const score = isSpared ? 2 - share : 1
  return { target, score, draw: index === undefined || isSpared ? draw : index, detail: detailOf(load, fits) }
}

function detailOf({ headroom: left, tokensLeft }: LoadedTarget['load'], fits: boolean): string {
  if (left === undefined) return 'no limit known'
  const share = `${Math.floor(left * 100)} % left`
  return fits ? share : `${share}, only ${tokensLeft} tokens`
}
