import type { Begun } from '../../exchange/begun.ts'
import type { Attempt, Exchange } from '../../exchange/exchange.ts'
import { abortFailure } from '../../exchange/failure.ts'
import { NoticeList } from '../../exchange/notice.ts'
import type { ModelResponse } from '../../exchange/response.ts'
import type { Target } from '../../exchange/target.ts'
import type { Ids } from '../../kit/ids.ts'
import type { HandleAttempt } from '../policy.ts'
import type { Contender } from './lineup.ts'
import type { Pace } from './paces/pace.ts'
import { pause } from './pause.ts'
import { ignore, type Runner } from './runner.ts'
import { commitFor, type VerifyingParts } from './verified-commit.ts'

/** An attempt that is to be begun. */
export interface Start extends Contender {
  readonly repeat?: Repeat
}

/** What is different when a target is asked again. */
interface Repeat {
  /** The attempt at the same target before it. */
  readonly before: Runner
  /** How often the target was asked again after a wait. */
  readonly retries: number
  /** Must a new connection be opened? */
  readonly fresh?: boolean
  readonly waitMs?: number
}

/** What attempts are made with. */
export interface AttemptParts extends VerifyingParts {
  /** The inner onion with the provider at its heart. */
  readonly call: HandleAttempt
  readonly ids: Ids
}

/** The contest that an attempt is part of. */
export interface AttemptPlace {
  readonly exchange: Exchange
  readonly ordinal: number
  readonly pace: Pace
  readonly begun: Begun | undefined
}

/** Begins an attempt, which from now on is under way. */
export function beginAttempt(
  parts: AttemptParts,
  { candidate, credential, repeat }: Start,
  { exchange, ordinal, begun, pace: { overlaps, waitsForWhole } }: AttemptPlace,
): Runner {
  const { call, clock, ids } = parts
  const { target, lastResort, inPanic } = candidate
  const { waitMs = 0, fresh = false, retries = 0, before } = repeat ?? FIRST
  const abort = overlaps ? new AbortController() : undefined
  const attempt: Attempt = {
    id: ids.mint('att'),
    ordinal,
    exchange,
    target,
    credential,
    deadlineAtMs: Math.min(exchange.deadlineAtMs, clock.nowMs() + waitMs + target.timeouts.totalMs),
    notices: noticesAbout(target),
    signal: abort === undefined ? exchange.signal : AbortSignal.any([exchange.signal, abort.signal]),
    freshConnection: fresh,
    lastResort,
    inPanic,
    begun,
  }
  const called = waitMs === 0 ? call(attempt) : callAfter(waitMs, attempt, parts)
  const answer = called.then(commitFor(parts, attempt, exchange.request.stream && !waitsForWhole))
  // It may fail while budgets are asked for the next, when nobody listens.
  if (overlaps) answer.catch(ignore)
  return { attempt, retries, before, abort, answer, startsAtMs: overlaps ? clock.elapsedMs() + waitMs : 0 }
}

async function callAfter(
  waitMs: number,
  attempt: Attempt,
  { call, clock }: AttemptParts,
): Promise<ModelResponse> {
  await pause(clock, waitMs, attempt.signal)
  if (attempt.signal.aborted) throw abortFailure(attempt.signal)
  return call(attempt)
}

/** What the client of an attempt is told before anything else. */
function noticesAbout({ retiring }: Target): NoticeList {
  const notices = new NoticeList()
  if (retiring !== undefined) notices.add('model.retiring', retiring)
  return notices
}

const FIRST: Partial<Repeat> = {}
