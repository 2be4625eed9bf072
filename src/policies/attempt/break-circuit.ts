import type { CircuitRules } from '../../exchange/circuit-rules.ts'
import { callerId } from '../../exchange/caller.ts'
import type { Watcher } from '../../exchange/watcher.ts'
import { isSemantic } from '../../exchange/event.ts'
import type { Attempt } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import type { ResponseChunk } from '../../exchange/response.ts'
import type { Pass } from '../../routing/circuits.ts'
import type { HealthBoard } from '../../routing/health.ts'
import type { HealthSubject } from '../../routing/health-subject.ts'
import type { AttemptAdmission } from '../policy.ts'
import { proofOf } from './proof.ts'

/**
 * Creates the admission that keeps calls away from a target that rests, and tells the health board what became of every call it
 * let through: success at the `end` of a response, a failure by its row in the table wherever it happens, nothing when the
 * client left or the answer proves nothing. Throws `circuit-open`.
 */
export function createBreakCircuit(health: HealthBoard, rules: CircuitRules): AttemptAdmission {
  const usual = { rules, early: false }
  const lastResort = { rules, early: true }
  return (attempt) => {
    const subject = subjectOf(attempt)
    const own = attempt.target.circuit
    const terms = attempt.lastResort ? lastResort : usual
    const usually = own === undefined ? terms : { ...terms, rules: own }
    const pass = health.admit(
      subject,
      attempt.inPanic === true ? { ...usually, early: true, inPanic: true } : usually,
    )
    if (pass === undefined) throw circuitOpen(health, subject)
    return new Report(health, pass, attempt)
  }
}

function subjectOf({ target, credential, exchange }: Attempt): HealthSubject {
  return { target: target.id, credential: credential.id, caller: callerId(exchange.caller) }
}

/** The report on one call that was let through. */
class Report implements Watcher {
  readonly #health: HealthBoard
  readonly #pass: Pass
  /** Does an answer prove that the target is well? */
  readonly #proves: boolean
  readonly #attempt: Attempt

  constructor(health: HealthBoard, pass: Pass, attempt: Attempt) {
    this.#health = health
    this.#pass = pass
    this.#proves = proofOf(attempt) === 'well'
    this.#attempt = attempt
  }

  /** A probe that has begun to answer makes room for others; a long answer would otherwise keep the target closed. */
  onChunk({ events }: ResponseChunk): void {
    if (this.#proves && !this.#pass.isAnswering && events.some(isSemantic)) this.#health.answering(this.#pass)
  }

  onEnd(failure?: Failure): void {
    if (proofOf(this.#attempt, failure) === 'nothing') this.#health.release(this.#pass)
    else if (failure === undefined) this.#health.succeed(this.#pass)
    else this.#health.fail(this.#pass, failure)
  }
}

function circuitOpen(health: HealthBoard, { target, caller }: HealthSubject): Failure {
  const untilMs = health.targetRestsUntil(target, caller)
  const retryAfterMs = untilMs === undefined ? undefined : Math.max(0, Math.ceil(untilMs - health.nowMs()))
  return new Failure('circuit-open', retryAfterMs === undefined ? {} : { retryAfterMs })
}
