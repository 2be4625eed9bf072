import { z } from 'zod'
import type { TargetLoad } from '../../exchange/load-view.ts'
import type { RankedTarget, RankQuestion, RouteTarget } from '../../exchange/route.ts'
import type { Random } from '../../kit/random.ts'
import { middleOf, outputTokens, withLoads, type LoadedTarget } from './expectation.ts'
import type { ScoredTarget } from './keep-last.ts'
import { lowestFirst, type Judged } from './lowest-first.ts'
import { defineStrategy } from './strategy.ts'
import { trust } from './trust.ts'

/** As many targets are all looked at, which is better by a few per cent; of more, two are drawn and the better is taken. */
const MOST_LOOKED_AT = 16
/** Times where nobody has seen any; all are the same then, and only who is busy counts. */
const USUAL_FIRST_TOKEN_MS = 1_000
const USUAL_PER_TOKEN_MS = 20
/** How long a target must not have answered to be asked so that it is seen how it does. */
const QUIET_MS = 60_000

/**
 * By the time that an answer is expected to take there: until it begins and while it is written, for each call that is under way
 * and this one, and more where calls fail. Who is only about as fast as the best is as good: otherwise all would go to one, which
 * is slow then. Now and then one is asked that was not heard of for long, so that it is noticed when it has become faster.
 */
export const fastest = defineStrategy({
  name: 'fastest',
  summary: 'the least expected time, by measured times, calls under way and failures',
  reason: {
    code: 'fastest',
    sentence:
      'It is expected to answer soonest, or about as soon, or it was its turn to show how fast it is now.',
  },
  usesWeights: false,
  keepsTogether: 'among-equals',
  options: z.strictObject({
    until: z
      .enum(['end', 'first-token'])
      .default('end')
      .describe('Which time counts: that of the whole answer, or only that until it begins.'),
    within: z
      .number({ error: 'a number from 0 to 100' })
      .min(0, { error: 'a number from 0 to 100' })
      .max(100, { error: 'a number from 0 to 100' })
      .default(15)
      .describe('Targets that are slower than the fastest by no more per cent are as good, and drawn.'),
    explore: z
      .number({ error: 'a number from 0 to 10' })
      .min(0, { error: 'a number from 0 to 10' })
      .max(10, { error: 'a number from 0 to 10' })
      .default(1)
      .describe(
        'Per cent of the requests that go to a target that has not answered for a minute, where there is one.',
      ),
  }),
  rank(targets, question, { until, within, explore }) {
    if (targets.length < 2) return targets
    const { random } = question
    if (targets.length > MOST_LOOKED_AT) return betterOfTwo(targets, question, until)
    const loaded = withLoads(targets, question)
    const ranked = lowestFirst(loaded, random, judgeTime(loaded, question, until))
    const quiet = random.next() * 100 < explore ? quietest(loaded) : undefined
    if (quiet === undefined) return drawAmongEquals(ranked, random, within)
    return [
      { target: quiet.target, detail: 'not heard of for long' },
      ...ranked.filter(({ target }) => target !== quiet.target),
    ]
  },
})

/** Judges by the expected time until an answer, which is told as well, for all that are under way. */
export function judgeTime(
  loaded: readonly LoadedTarget[],
  question: RankQuestion,
  until: 'end' | 'first-token',
): (one: LoadedTarget) => Judged & { readonly ms: number } {
  const firstMs = middleOf(loaded, (load) => firstTokenOf(load))
  const perMs = middleOf(loaded, (load) => load.perTokenMs)
  const output = middleOf(loaded, (load) => load.outputTokens)
  // Of all the same: who writes more is not slower.
  const tokens = until === 'end' ? outputTokens(undefined, output, question) : 1
  return ({ load }) => {
    const ms =
      (firstTokenOf(load) ?? firstMs ?? USUAL_FIRST_TOKEN_MS) +
      (load.perTokenMs ?? perMs ?? USUAL_PER_TOKEN_MS) * tokens
    return { ms, score: ((load.inFlight + 1) * ms) / trust(load), detail: () => detailOf(ms, load) }
  }
}

/** Where all time is in the tokens there is nothing before them. */
function firstTokenOf({ firstTokenMs, perTokenMs }: TargetLoad): number | undefined {
  return firstTokenMs ?? (perTokenMs === undefined ? undefined : 0)
}

function detailOf(ms: number, { inFlight, errorShare }: TargetLoad): string {
  const time = `${ms < 10_000 ? (ms / 1_000).toFixed(2) : Math.round(ms / 1_000)} s`
  const failing = Math.round(errorShare * 100)
  return `${time} × ${inFlight + 1}${failing === 0 ? '' : `, ${failing} % failed`}`
}

/** Of those that are about as good as the first, one is drawn; the rest keeps its order. */
function drawAmongEquals(
  ranked: readonly ScoredTarget[],
  random: Random,
  withinPercent: number,
): readonly RankedTarget[] {
  const [best] = ranked
  if (best === undefined) return ranked
  const most = best.score * (1 + withinPercent / 100)
  let equals = 1
  while (equals < ranked.length && (ranked[equals]?.score ?? Number.POSITIVE_INFINITY) <= most) equals += 1
  const drawn = ranked[Math.floor(random.next() * equals)]
  return drawn === undefined || drawn === best ? ranked : [drawn, ...ranked.filter((one) => one !== drawn)]
}

/** The target that was not heard of for the longest time; undefined where all were of late. */
function quietest(loaded: readonly LoadedTarget[]): LoadedTarget | undefined {
  let quietest: LoadedTarget | undefined
  let mostMs = QUIET_MS
  for (const one of loaded) {
    const quietMs = one.load.quietMs ?? Number.MAX_VALUE
    if (one.load.inFlight > 0 || quietMs <= mostMs) continue
    quietest = one
    mostMs = quietMs
  }
  return quietest
}

/** Two are drawn, the better goes first and the other second; the rest follows as it is listed. */
function betterOfTwo(
  targets: readonly RouteTarget[],
  question: RankQuestion,
  until: 'end' | 'first-token',
): readonly RankedTarget[] {
  const { random } = question
  const first = Math.floor(random.next() * targets.length)
  const further = Math.floor(random.next() * (targets.length - 1))
  const second = further < first ? further : further + 1
  const drawn = withLoads(
    targets.filter((_, index) => index === first || index === second),
    question,
  )
  const ranked = lowestFirst(drawn, random, judgeTime(drawn, question, until))
  return [...ranked, ...targets.filter((_, index) => index !== first && index !== second)]
}
