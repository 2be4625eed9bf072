import type { RouteTarget } from '../../exchange/route.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { Random } from '../../kit/random.ts'
import type { ScoredTarget } from './keep-last.ts'

/** What a target is judged by. */
export interface Judged {
  /** The lower the better; infinite where it should be the last. */
  readonly score: number
  /** Asked for only where the target may be asked: of many targets the last ones never are. */
  readonly detail: () => string
}

/** Targets by their scores, the lowest first. Equal ones are drawn: the first of a list would get everything. */
export function lowestFirst<Entry extends RouteTarget>(
  targets: readonly Entry[],
  random: Random,
  judge: (entry: Entry) => Judged,
): readonly ScoredTarget[] {
  return targets
    .map((entry) => ({ entry, ...judge(entry), draw: random.next() }))
    .sort((left, right) => (left.score === right.score ? left.draw - right.draw : left.score - right.score))
    .map(({ entry: { target }, score, detail }, index) =>
      index < LIMITS.attempts ? { target, score, detail: detail() } : { target, score },
    )
}
