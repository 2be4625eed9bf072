import type { NanoUsd } from '../../kit/money.ts'
import type { EndedRequest } from '../ended-request.ts'

/** Which requests are exported. */
export interface Sampling {
  /** Of all traces, from 0 to 1; a client that has decided for its trace is followed. */
  readonly ratio: number
  /** Requests that failed, or were answered only after a failure, whatever was decided before. */
  readonly errors: boolean
  /** Likewise those that took longer, milliseconds; absent: no matter how long. */
  readonly slowMs?: number
  /** Likewise those that cost as much, nano-USD; absent: no matter what. */
  readonly expensiveNanoUsd?: NanoUsd
}

const CHOSEN_DIGITS = 14
const ALL = 16 ** CHOSEN_DIGITS

/**
 * Is the whole trace recorded? Everybody who looks at the same trace says the same: by its last 56 bits, which are random in every
 * trace (W3C Trace Context level 2).
 */
export function isTraceRecorded({ trace }: Pick<EndedRequest, 'trace'>, { ratio }: Sampling): boolean {
  if (trace.sampled !== undefined) return trace.sampled
  if (ratio >= 1) return true
  return ratio > 0 && Number.parseInt(trace.traceId.slice(-CHOSEN_DIGITS), 16) < ratio * ALL
}

/** Is a request worth recording by how it went? */
export function isWorthRecording(request: EndedRequest, sampling: Sampling): boolean {
  const { errors, slowMs, expensiveNanoUsd } = sampling
  if (slowMs !== undefined && request.durationMs >= slowMs) return true
  const { costNanoUsd } = request
  if (expensiveNanoUsd !== undefined && costNanoUsd !== undefined && costNanoUsd >= expensiveNanoUsd)
    return true
  if (!errors) return false
  return request.outcome !== 'ok' || request.attempts.some(({ outcome }) => !isHarmless(outcome))
}

function isHarmless(outcome: string): boolean {
  return outcome === 'ok' || outcome === 'cancelled' || outcome === 'outrun'
}
