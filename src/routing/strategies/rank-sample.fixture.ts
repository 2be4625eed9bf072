import type { TargetLoad } from '../../exchange/load-view.ts'
import { featuresOf } from '../../exchange/operations/all.ts'
import { NO_RESTS } from '../../exchange/rest-view.ts'
import type { Ranking, RankQuestion } from '../../exchange/route.ts'
import type { Target } from '../../exchange/target.ts'
import { createSeededRandom } from '../../kit/random.ts'
import { sampleChat, sampleRanking, sampleTarget } from '../samples.fixture.ts'
import { sampleLoads } from './load-view.fixture.ts'

interface Sample {
  readonly targets: readonly (string | Target)[]
  readonly loads: Readonly<Record<string, Partial<TargetLoad>>>
  /** 1 each, where they are not said. */
  readonly weights?: readonly number[]
  readonly seed?: number
  readonly question?: Partial<RankQuestion>
}

const FEATURES = featuresOf(sampleChat())

/** For tests: how a strategy with its defaults puts targets in order, each with its details. */
export function rankSample(
  strategy: string | Ranking,
  { targets, loads, weights = [], seed = 1, question }: Sample,
): readonly string[] {
  const random = createSeededRandom(seed)
  const entries = targets.map((target, index) => ({
    target: typeof target === 'string' ? sampleTarget(target) : target,
    weight: weights[index] ?? 1,
  }))
  const ranking = typeof strategy === 'string' ? sampleRanking(strategy) : strategy
  const ranked = ranking.rank(entries, {
    route: { name: 'sample' },
    features: FEATURES,
    rests: NO_RESTS,
    load: sampleLoads(loads),
    random,
    ...question,
  })
  return ranked.map(({ target, detail }) => (detail === undefined ? target.id : `${target.id} ${detail}`))
}
