import type { SimilarBoard } from '../../caching/semantic/similar-board.ts'
import type { SimilarEntries } from '../../caching/semantic/similar-entries.ts'
import type { ShadowPurse } from '../../experiments/shadow-purse.ts'
import type { Route } from '../../exchange/route.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Random } from '../../kit/random.ts'
import type { AnswerCache } from '../../store/answer-cache.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { UpperBound } from '../most-cost.ts'
import type { Admission } from '../policy.ts'

/** What outlives plans of those who give the answers to similar questions. */
export interface SimilarKept {
  readonly entries: SimilarEntries
  readonly board: SimilarBoard
  /** Audits under way, in this process. */
  readonly running: { count: number }
}

/** What they work with. */
export interface SimilarParts extends SimilarKept {
  readonly answers: AnswerCache
  readonly resolveRoute: (model: string) => Route | undefined
  readonly purse: ShadowPurse
  readonly upperBound: UpperBound
  /** Lets an audit in, which is on nobody's account: it has a line in the log. */
  readonly admitAudit: Admission
  readonly clock: Clock
  readonly ids: Ids
  readonly random: Random
  readonly telemetry: Telemetry
}
