import type { Route } from '../../exchange/route.ts'
import type { Failure } from '../../exchange/failure.ts'
import { LIMITS } from '../../kit/limits.ts'

/** The longest wait before the same target that a client is made to sit through; a longer one leads to the next target. */
const LONGEST_WAIT_MS = 2_000

/** Everything a failed attempt is judged by. */
export interface Case {
  readonly failure: Failure
  readonly route: Route
  /** Attempts made so far that count, this one included. */
  readonly attempts: number
  /** Until the deadline of the exchange, milliseconds. */
  readonly remainingMs: number
  readonly noFallback: boolean
  /** Was this already the repeat on a new connection? */
  readonly refreshed: boolean
  /** Has this target already been waited for? */
  readonly waited: boolean
  /** Is there another credential for this target that could be tried now? */
  readonly otherCredential: boolean
  /** Is there another target to try? */
  readonly otherTarget: boolean
}

/** What to do next. */
export type Judgement =
  | { readonly action: 'retry-fresh' }
  | { readonly action: 'retry-after'; readonly waitMs: number }
  | { readonly action: 'next-credential' }
  | { readonly action: 'next-target' }
  | { readonly action: 'stop' }

const STOP: Judgement = { action: 'stop' }

/**
 * Says what follows a failed attempt. Pure: the failure's row in the table decides, within the route's attempts and the
 * deadline. Waiting is only for a provider that named a short time; everything else moves on at once.
 */
export function judge(question: Case): Judgement {
  const { failure, route, remainingMs } = question
  const { row } = failure
  if (remainingMs <= 0) return STOP
  if (row.sameTarget === 'fresh' && !question.refreshed) return { action: 'retry-fresh' }
  if (question.attempts >= Math.min(route.maxAttempts, LIMITS.attempts)) return STOP
  if (row.failOver === 'credential' && question.otherCredential) return { action: 'next-credential' }
  const { retryAfterMs } = failure.details
  if (row.sameTarget === 'after-wait' && !question.waited && fits(retryAfterMs, remainingMs)) {
    return { action: 'retry-after', waitMs: retryAfterMs }
  }
  if (row.failOver === 'no' && !route.alsoFailOver.includes(failure.code)) return STOP
  return question.noFallback || !question.otherTarget ? STOP : { action: 'next-target' }
}

function fits(waitMs: number | undefined, remainingMs: number): waitMs is number {
  return waitMs !== undefined && waitMs <= LONGEST_WAIT_MS && waitMs < remainingMs
}
