import { watchEnding } from '../../exchange/ending.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import type { Attempt } from '../../exchange/exchange.ts'
import type { ChunkSource, ModelResponse } from '../../exchange/response.ts'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { AttemptPolicy } from '../policy.ts'

/**
 * Creates the layer that ends an attempt at its deadline or when the client leaves, by aborting the one signal that
 * everything below obeys. The signal's reason is the failure to report: `attempt-timeout`, `deadline-exceeded` when the
 * exchange itself had no more time, or `client-gone`. What the abort breaks below comes out as that failure.
 */
export function createTimeOut(clock: Clock): AttemptPolicy {
  return (next) => async (attempt) => {
    const watch = startWatch(attempt, clock)
    try {
      const response = await next({ ...attempt, signal: watch.signal })
      return withWatch(response, watch)
    } catch (thrown) {
      watch.stop()
      throw watch.reason() ?? thrown
    }
  }
}

interface Watch {
  readonly signal: AbortSignal
  /** Why the signal was aborted, when it was. */
  reason(): Failure | undefined
  stop(): void
}

function startWatch(attempt: Attempt, clock: Clock): Watch {
  const controller = new AbortController()
  const outer = attempt.signal
  let reason: Failure | undefined
  const abort = (failure: Failure): void => {
    if (reason !== undefined) return
    reason = failure
    controller.abort(failure)
  }
  const leave = (): void => abort(goneReason(outer))
  const timer: Timer = clock.after(Math.max(0, attempt.deadlineAtMs - clock.nowMs()), () => {
    const isLast = attempt.deadlineAtMs >= attempt.exchange.deadlineAtMs
    abort(new Failure(isLast ? 'deadline-exceeded' : 'attempt-timeout'))
  })
  if (outer.aborted) leave()
  else outer.addEventListener('abort', leave)
  return {
    signal: controller.signal,
    reason: () => reason,
    stop() {
      timer.cancel()
      outer.removeEventListener('abort', leave)
    },
  }
}

function goneReason(signal: AbortSignal): Failure {
  return signal.reason instanceof Failure
    ? signal.reason
    : new Failure('client-gone', { cause: signal.reason })
}

function withWatch(response: ModelResponse, watch: Watch): ModelResponse {
  const source = watchEnding(response.source, () => watch.stop())
  return { ...response, source: explainAbort(source, watch) }
}

/** Names the reason of an abort in place of what it broke. */
function explainAbort(source: ChunkSource, watch: Watch): ChunkSource {
  return {
    async next() {
      const reasonBefore = watch.reason()
      try {
        const chunk = await source.next()
        const reason = reasonBefore ?? watch.reason()
        if (reason === undefined || chunk === undefined) return chunk
        const last = chunk.events[chunk.events.length - 1]
        if (last?.type !== 'failure' || last.failure === reason) return chunk
        return { ...chunk, events: [...chunk.events.slice(0, -1), { type: 'failure', failure: reason }] }
      } catch (thrown) {
        const reason = watch.reason()
        if (reason === undefined) throw thrown
        throw toFailure(reason)
      }
    },
    cancel: (reason) => source.cancel(reason),
  }
}
