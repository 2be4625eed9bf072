import { Failure } from '../exchange/failure.ts'
import { CIRCUIT_RULES } from './circuit.ts'
import type { Pass } from './circuits.ts'
import type { HealthBoard } from './health.ts'
import type { Place } from './place.ts'

/** For tests: a place, and the one that all others differ from. */
export function samplePlace(changes: Partial<Place> = {}): Place {
  return { target: 'one/a', credential: 'one/main', caller: 'ada', ...changes }
}

/** For tests: lets a call through; throws when it is refused. */
export function admit(board: HealthBoard, place: Place, early = false): Pass {
  const pass = board.admit(place, { rules: CIRCUIT_RULES, early })
  if (pass === undefined) throw new Error('refused')
  return pass
}

/** For tests: does a call get through? Gives its place back. */
export function isAdmitted(board: HealthBoard, place: Place, early = false): boolean {
  const pass = board.admit(place, { rules: CIRCUIT_RULES, early })
  if (pass !== undefined) board.release(pass)
  return pass !== undefined
}

/** For tests: a call that fails at once. */
export function fail(board: HealthBoard, place: Place, failure = new Failure('provider-error')): void {
  board.fail(admit(board, place), failure)
}

/** For tests: a call that fails although something rests. */
export function failEarly(board: HealthBoard, place: Place, failure: Failure): void {
  board.fail(admit(board, place, true), failure)
}

/** For tests: a call that is answered at once. */
export function succeed(board: HealthBoard, place: Place, early = false): void {
  board.succeed(admit(board, place, early))
}

/** For tests: faults in a row that two callers meet in turns, until the target rests for everybody. */
export function breakDown(board: HealthBoard, target: string): void {
  for (let time = 0; time < CIRCUIT_RULES.faults; time += 1) {
    fail(board, samplePlace({ target, caller: time % 2 === 0 ? 'bob' : 'ada' }))
  }
}
