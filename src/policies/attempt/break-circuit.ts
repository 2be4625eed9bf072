import { watchResponse } from '../../exchange/ending.ts'
import { isSemantic } from '../../exchange/event.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import type { ResponseChunk } from '../../exchange/response.ts'
import type { HealthBoard, Place } from '../../routing/health.ts'
import type { Admission } from '../../routing/circuit.ts'
import type { AttemptPolicy } from '../policy.ts'

/**
 * Creates the layer that keeps calls away from a target that rests, and tells the health board what became of every call it
 * let through: success at the `end` of a response, a failure by its row in the table wherever it happens, nothing when the
 * client left. Rejects with `circuit-open`.
 */
export function createBreakCircuit(health: HealthBoard): AttemptPolicy {
  return (next) => async (attempt) => {
    const { target, credential } = attempt
    const admission = health.admit(target.id, attempt.lastResort === true)
    if (admission === 'refused') throw circuitOpen(health, target.id)
    const place: Place = { target: target.id, credential: credential.id }
    try {
      const response = await next(attempt)
      const ended = (failure?: Failure): void => report(health, { place, admission, failure })
      const look = admission === 'probe' ? watchAnswering(health, target.id) : undefined
      return watchResponse(response, ended, look)
    } catch (thrown) {
      report(health, { place, admission, failure: toFailure(thrown) })
      throw thrown
    }
  }
}

interface Outcome {
  readonly place: Place
  readonly admission: Admission
  readonly failure: Failure | undefined
}

function report(health: HealthBoard, { place, admission, failure }: Outcome): void {
  if (failure === undefined) health.succeed(place, admission)
  else if (failure.row.health === 'none') health.release(place.target, admission)
  else health.fail(place, failure, admission)
}

function circuitOpen(health: HealthBoard, target: string): Failure {
  const untilMs = health.targetRestsUntil(target)
  const retryAfterMs = untilMs === undefined ? undefined : Math.max(0, Math.ceil(untilMs - health.nowMs()))
  return new Failure('circuit-open', retryAfterMs === undefined ? {} : { retryAfterMs })
}

/** A probe that has begun to answer makes room for the next one; a long answer would otherwise keep the target closed. */
function watchAnswering(health: HealthBoard, target: string): (chunk: ResponseChunk) => void {
  let isWaiting = true
  return (chunk) => {
    if (!isWaiting || !chunk.events.some(isSemantic)) return
    isWaiting = false
    health.answering(target, 'probe')
  }
}
