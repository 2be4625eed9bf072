import { watchResponse, type Watcher } from '../../exchange/ending.ts'
import { isSemantic } from '../../exchange/event.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import type { ResponseChunk } from '../../exchange/response.ts'
import type { HealthBoard, Place } from '../../routing/health.ts'
import type { Admission } from '../../routing/circuit.ts'
import type { AttemptPolicy } from '../policy.ts'

/**
 * Creates the layer that keeps calls away from a target that rests, and tells the health board what became of every call it
 * let through: success at the `end` of a response, a failure by its row in the table wherever it happens, nothing when the
 * client left or tokens were merely counted. Rejects with `circuit-open`.
 */
export function createBreakCircuit(health: HealthBoard): AttemptPolicy {
  return (next) => async (attempt) => {
    const { target, credential } = attempt
    const admission = health.admit(target.id, attempt.lastResort === true)
    if (admission === 'refused') throw circuitOpen(health, target.id)
    const report = new Report(health, { target: target.id, credential: credential.id }, admission)
    try {
      return watchResponse(await next(attempt), report)
    } catch (thrown) {
      report.ended(toFailure(thrown))
      throw thrown
    }
  }
}

/** The report on one call that was let through. */
class Report implements Watcher {
  readonly #health: HealthBoard
  readonly #place: Place
  readonly #admission: Admission
  #isAnswering: boolean
  /** Tokens are counted here where a provider cannot, and elsewhere by servers that do not wait for the model. */
  #isCount = false

  constructor(health: HealthBoard, place: Place, admission: Admission) {
    this.#health = health
    this.#place = place
    this.#admission = admission
    this.#isAnswering = admission !== 'probe'
  }

  /** A probe that has begun to answer makes room for the next one; a long answer would otherwise keep the target closed. */
  look({ events }: ResponseChunk): void {
    this.#isCount ||= events[events.length - 2]?.type === 'token-count'
    if (this.#isAnswering || !events.some(isSemantic)) return
    this.#isAnswering = true
    this.#health.answering(this.#place.target, 'probe')
  }

  ended(failure?: Failure): void {
    const proves = failure === undefined ? !this.#isCount : failure.row.health !== 'none'
    if (!proves) this.#health.release(this.#place.target, this.#admission)
    else if (failure === undefined) this.#health.succeed(this.#place, this.#admission)
    else this.#health.fail(this.#place, failure, this.#admission)
  }
}

function circuitOpen(health: HealthBoard, target: string): Failure {
  const untilMs = health.targetRestsUntil(target)
  const retryAfterMs = untilMs === undefined ? undefined : Math.max(0, Math.ceil(untilMs - health.nowMs()))
  return new Failure('circuit-open', retryAfterMs === undefined ? {} : { retryAfterMs })
}
