import { Failure } from '../exchange/failure.ts'
import { CIRCUIT_RULES } from './circuit.ts'
import type { Pass } from './circuits.ts'
import type { HealthBoard } from './health.ts'
import type { HealthSubject } from './health-subject.ts'

/** For tests: a subject, and the one that all others differ from. */
export function sampleSubject(changes: Partial<HealthSubject> = {}): HealthSubject {
  return { target: 'one/a', credential: 'one/main', caller: 'ada', ...changes }
}

/** For tests: lets a call through; throws when it is refused. */
export function admit(board: HealthBoard, subject: HealthSubject, early = false): Pass {
  const pass = board.admit(subject, { rules: CIRCUIT_RULES, early })
  if (pass === undefined) throw new Error('refused')
  return pass
}

/** For tests: does a call get through? Gives its slot back. */
export function isAdmitted(board: HealthBoard, subject: HealthSubject, early = false): boolean {
  const pass = board.admit(subject, { rules: CIRCUIT_RULES, early })
  if (pass !== undefined) board.release(pass)
  return pass !== undefined
}

/** For tests: a call that fails at once. */
export function fail(
  board: HealthBoard,
  subject: HealthSubject,
  failure = new Failure('provider-error'),
): void {
  board.fail(admit(board, subject), failure)
}

/** For tests: a call that fails although something rests. */
export function failEarly(board: HealthBoard, subject: HealthSubject, failure: Failure): void {
  board.fail(admit(board, subject, true), failure)
}

/** For tests: a call that is answered at once. */
export function succeed(board: HealthBoard, subject: HealthSubject, early = false): void {
  board.succeed(admit(board, subject, early))
}

/** For tests: faults in a row that two callers meet in turns, until the target rests for everybody. */
export function breakDown(board: HealthBoard, target: string): void {
  for (let time = 0; time < CIRCUIT_RULES.faults; time += 1) {
    fail(board, sampleSubject({ target, caller: time % 2 === 0 ? 'bob' : 'ada' }))
  }
}
