import { callerId } from '../../exchange/caller.ts'
import type { Attempt } from '../../exchange/exchange.ts'
import { abortFailure, Failure, toFailure } from '../../exchange/failure.ts'
import type { Watcher } from '../../exchange/watcher.ts'
import type { Clock } from '../../kit/clock.ts'
import type { MaybePromise } from '../../kit/maybe-promise.ts'
import type { CallOutcome } from '../../routing/gate.ts'
import { HasLeft, NoRoom, type Entry, type Gates, type Wait } from '../../routing/gates.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { AttemptAdmission } from '../policy.ts'

/** When asking again is reasonable: nobody knows when one of those under way ends. */
const RETRY_MS = 1_000

/** What gates are passed with. */
export interface PassGatesParts {
  readonly gates: Gates
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/**
 * Creates the admission that keeps attempts within the caps of their targets: where there is no room the next target is tried at once, or
 * one waits in line where the cap has one. Who waits holds nothing of a provider's. Throws or rejects with `at-capacity`.
 */
export function createPassGates(parts: PassGatesParts): AttemptAdmission {
  return (attempt) => {
    const { caps } = attempt.target
    return caps === undefined ? undefined : pass(parts, attempt, caps)
  }
}

function pass(
  parts: PassGatesParts,
  attempt: Attempt,
  caps: NonNullable<Attempt['target']['caps']>,
): MaybePromise<Watcher> {
  const { exchange, signal, deadlineAtMs } = attempt
  const patienceMs = deadlineAtMs - parts.clock.nowMs()
  try {
    const entry = parts.gates.enter({ caps, party: callerId(exchange.caller), patienceMs, signal })
    if (!(entry instanceof Promise)) return new Passage(entry)
    return entry.then(
      (entered) => {
        tell(parts, attempt, { wait: entered.waited, outcome: 'entered' })
        return new Passage(entered)
      },
      (thrown: unknown) => {
        throw refusal(parts, attempt, thrown)
      },
    )
  } catch (thrown) {
    throw refusal(parts, attempt, thrown)
  }
}

function refusal(parts: PassGatesParts, attempt: Attempt, thrown: unknown): Failure {
  if (thrown instanceof HasLeft) {
    tell(parts, attempt, { wait: undefined, outcome: 'left' })
    return abortFailure(attempt.signal)
  }
  if (!(thrown instanceof NoRoom)) return toFailure(thrown)
  const { gate, limit, waited } = thrown
  tell(parts, attempt, { wait: waited, outcome: 'refused', gate })
  return new Failure('at-capacity', {
    message: `${gate} has as many requests under way as it may have (${limit}). Try again shortly.`,
    retryAfterMs: RETRY_MS,
  })
}

interface Told {
  readonly wait: Wait | undefined
  readonly outcome: 'entered' | 'refused' | 'left'
  readonly gate?: string
}

function tell(
  { telemetry }: PassGatesParts,
  { exchange, target }: Attempt,
  { wait, outcome, gate }: Told,
): void {
  telemetry.count('gatehouse_capped_attempts_total', { outcome })
  if (wait !== undefined) telemetry.observe('gatehouse_queue_wait_seconds', wait.waitedMs / 1_000)
  const at = wait?.gate ?? gate
  if (at === undefined) return
  const { position = 0, waitedMs = 0 } = wait ?? {}
  exchange.trail.decide({ step: 'queue', target: target.id, gate: at, outcome, position, waitedMs })
}

/** An attempt that went through. */
class Passage implements Watcher {
  readonly #entry: Entry

  constructor(entry: Entry) {
    this.#entry = entry
  }

  onEnd(failure?: Failure): void {
    this.#entry.leave(outcomeOf(failure))
  }
}

/** A limit and a provider that does not answer in time say that it has too much; a slow answer says nothing, since answers differ in length. */
function outcomeOf(failure: Failure | undefined): CallOutcome {
  if (failure === undefined) return 'well'
  return failure.code === 'provider-rate-limited' || failure.row.kind === 'timeout' ? 'too-much' : 'other'
}
