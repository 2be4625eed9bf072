import type { AgainTerms } from '../../exchange/again.ts'
import type { Route } from '../../exchange/route.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { FailureCode } from '../../exchange/failure-table.ts'
import type { Repeat } from '../../exchange/operations/operation-row.ts'

/** The pause before a target is asked again that named no wait; dispatch spreads it. */
const PAUSE_MS = 200
/** A wait is longer than what is asked for by up to this, so that waiting clients do not come back in step. */
const SPREAD_MS = 200
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

/** A wait of `waitMs` and a random part of `spreadMs`. */
interface SpreadWait {
  readonly waitMs: number
  readonly spreadMs: number
}

/** What to do next. */
export type Judgement =
  | { readonly action: 'retry-fresh' }
  | ({ readonly action: 'retry-after' } & SpreadWait)
  | { readonly action: 'next-credential' }
  | { readonly action: 'next-target' }
  | { readonly action: 'stop' }

const STOP: Judgement = { action: 'stop' }

/** Failures of attempts of which no provider got to see the request, or that were refused before it was looked at. */
const NEVER_SENT: ReadonlySet<FailureCode> = new Set([
  'at-capacity',
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
  const wait = mayRetry ? waitBeforeRetry(question, targetsLeft) : undefined
  if (wait !== undefined) return { action: 'retry-after', ...wait }
  return targetsLeft === 0 || !leadsElsewhere(failure, route) ? STOP : { action: 'next-target' }
}

/** Does a failure lead to another target, by its row or by what the route says? */
export function leadsElsewhere({ code, row }: Failure, { alsoFailOver, again, leads }: Route): boolean {
  if (again?.neverFailOver?.includes(code) === true) return false
  return row.failOver !== 'no' || alsoFailOver.includes(code) || leads?.has(code) === true
}

/** How long to wait before the same target is asked again; undefined: it is not. */
function waitBeforeRetry(question: FailedAttempt, targetsLeft: number): SpreadWait | undefined {
  const { failure, route, retries, rests, remainingMs } = question
  const often = triesOf(failure, route, targetsLeft)
  if (rests || retries >= often) return undefined
  const wait = waitOf(failure, route, retries)
  return wait === undefined || wait.waitMs + wait.spreadMs >= remainingMs ? undefined : wait
}

/** How often a target is asked again after such a failure. */
function triesOf({ code, row }: Failure, route: Route, targetsLeft: number): number {
  if (route.again?.alsoRetry?.includes(code) === true) return route.retries
  switch (row.sameTarget) {
    case 'after-wait':
    case 'after-pause':
      return route.retries
    case 'once':
      return targetsLeft === 0 ? Math.min(1, route.retries) : 0
    case 'fresh':
    case 'no':
      return 0
  }
}

/** The wait that a failure asks for, or the pause of the route; undefined: none, or too long a one. */
function waitOf({ code, row, details }: Failure, { again }: Route, retries: number): SpreadWait | undefined {
  const { backoff, ownPauses = false, alsoRetry } = again ?? USUAL
  const longestMs = backoff?.toMs ?? LONGEST_WAIT_MS
  const namedMs = ownPauses ? undefined : details.retryAfterMs
  if (namedMs !== undefined) return namedMs > longestMs ? undefined : { waitMs: namedMs, spreadMs: SPREAD_MS }
  const pauses = row.sameTarget !== 'after-wait' || ownPauses || alsoRetry?.includes(code) === true
  if (!pauses) return undefined
  if (backoff === undefined) return { waitMs: PAUSE_MS, spreadMs: SPREAD_MS }
  return { waitMs: 0, spreadMs: Math.min(backoff.toMs, backoff.fromMs * 2 ** retries) }
}

const USUAL: AgainTerms = {}
