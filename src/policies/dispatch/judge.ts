import type { Route } from '../../exchange/route.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { FailureCode } from '../../exchange/failure-table.ts'
import type { Repeat } from '../../exchange/operations/operation-row.ts'

/** The pause before a target is asked again that named no wait; dispatch spreads it. */
const PAUSE_MS = 200
/** The longest wait before the same target that a client is made to sit through; a longer one leads to the next target. */
const LONGEST_WAIT_MS = 2_000

/** Everything a failed attempt is judged by. */
export interface FailedAttempt {
  readonly failure: Failure
  /** How long a request of this operation may be sent again. */
  readonly repeat: Repeat
  readonly route: Route
  /** Attempts that the purse still has; whoever takes one is told there whether it is there. */
  readonly attemptsLeft: number
  /** Until the deadline of the exchange, milliseconds. */
  readonly remainingMs: number
  readonly noFallback: boolean
  /** Was this already the repeat on a new connection? */
  readonly refreshed: boolean
  /** How often this target was asked again after a wait. */
  readonly retries: number
  /** Does this target rest now, so that asking it again is of no use? */
  readonly rests: boolean
  /** Is there another credential for this target that could be tried now? */
  readonly otherCredential: boolean
  /** Targets that were not asked yet. */
  readonly targetsLeft: number
}

/** What to do next. */
export type Judgement =
  | { readonly action: 'retry-fresh' }
  | { readonly action: 'retry-after'; readonly waitMs: number }
  | { readonly action: 'next-credential' }
  | { readonly action: 'next-target' }
  | { readonly action: 'stop' }

const STOP: Judgement = { action: 'stop' }

/** Failures of attempts of which no provider got to see the request, or that were refused before it was looked at. */
const NEVER_SENT: ReadonlySet<FailureCode> = new Set([
  'circuit-open',
  'connect-failed',
  'connect-timeout',
  'destination-forbidden',
  'provider-auth',
  'provider-rate-limited',
  'unsupported-feature',
])

/**
 * Says what follows a failed attempt. Pure: the failure's row in the table decides, within the
 * deadline; whether the purse has room for it is not judged here. A target that failed for a moment is asked again, after the short wait that it named or a pause; everything
 * else moves on at once.
 */
export function judge(question: FailedAttempt): Judgement {
  const { failure, route, remainingMs, repeat } = question
  const { row } = failure
  if (remainingMs <= 0) return STOP
  if (repeat === 'before-sending' && !NEVER_SENT.has(failure.code)) return STOP
  if (row.sameTarget === 'fresh' && !question.refreshed) return { action: 'retry-fresh' }
  if (row.failOver === 'credential' && question.otherCredential) return { action: 'next-credential' }
  const targetsLeft = question.noFallback ? 0 : question.targetsLeft
  // An attempt that a target needs is not spent on one that was asked; where none needs it the purse says whether there is one.
  const mayRetry = targetsLeft === 0 || question.attemptsLeft > targetsLeft
  const waitMs = mayRetry ? waitBeforeRetry(question) : undefined
  if (waitMs !== undefined) return { action: 'retry-after', waitMs }
  if (row.failOver === 'no' && !route.alsoFailOver.includes(failure.code)) return STOP
  return targetsLeft === 0 ? STOP : { action: 'next-target' }
}

/** How long to wait before the same target is asked again; undefined: it is not. */
function waitBeforeRetry({ failure, route, retries, rests, remainingMs }: FailedAttempt): number | undefined {
  if (rests || retries >= route.retries) return undefined
  const waitMs = namedWait(failure)
  return waitMs === undefined || waitMs >= remainingMs ? undefined : waitMs
}

/** The wait that a failure asks for where its row allows another try; undefined: none, or too long a one. */
function namedWait({ row, details: { retryAfterMs } }: Failure): number | undefined {
  if (row.sameTarget !== 'after-wait' && row.sameTarget !== 'after-pause') return undefined
  if (retryAfterMs !== undefined) return retryAfterMs <= LONGEST_WAIT_MS ? retryAfterMs : undefined
  return row.sameTarget === 'after-pause' ? PAUSE_MS : undefined
}
