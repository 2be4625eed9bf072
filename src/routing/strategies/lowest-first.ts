import type { RouteTarget } from '../../exchange/route.ts'
import type { Random } from '../../kit/random.ts'
import type { ScoredTarget } from './keep-last.ts'

/** What a target is judged by. */
export interface Judged {
  /** The lower the better; infinite where it should be the last. */
  readonly score: number
  readonly detail: string
}

/** Targets by their scores, the lowest first. Equal ones are drawn: the first of a list would get everything. */
export function lowestFirst<Entry extends RouteTarget>(
  targets: readonly Entry[],
  random: Random,
  judge: (entry: Entry) => Judged,
): readonly ScoredTarget[] {
  return targets
    .map((entry) => {
      const { score, detail } = judge(entry)
      return { target: entry.target, score, detail, draw: random.next() }
    })
    .sort((left, right) => (left.score === right.score ? left.draw - right.draw : left.score - right.score))
}
