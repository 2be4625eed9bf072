import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import { createLru } from '../kit/lru.ts'
import type { Telemetry } from './telemetry.ts'

/** Least time between two lines of the same, milliseconds. */
const TOLD_EVERY_MS = 10_000

/** Counts what happens again and again, and says when a line of it is due. */
export class FewLines {
  readonly #clock: Pick<Clock, 'elapsedMs'>
  readonly #subjects = createLru<string, { count: number; toldMs: number }>(LIMITS.toldApart)

  constructor(clock: Pick<Clock, 'elapsedMs'>) {
    this.#clock = clock
  }

  /** It has happened once more. */
  note(subject: string): void {
    const before = this.#subjects.get(subject)
    if (before === undefined) this.#subjects.set(subject, { count: 1, toldMs: -Infinity })
    else before.count += 1
  }

  /** How many times it has happened since the last line, where a line is due: the first time at once, then every ten seconds at most. */
  take(subject: string): number | undefined {
    const one = this.#subjects.get(subject)
    const nowMs = this.#clock.elapsedMs()
    if (one === undefined || one.count === 0 || nowMs - one.toldMs < TOLD_EVERY_MS) return undefined
    const { count } = one
    one.toldMs = nowMs
    one.count = 0
    return count
  }
}

/**
 * Telemetry whose log takes few lines of what goes wrong with each request, so that a server which is away does not fill it: of each
 * message and guardrail one at once and then one every ten seconds at most, which says in `leftOut` how many were not written.
 */
export function withFewLines(telemetry: Telemetry, clock: Pick<Clock, 'elapsedMs'>): Telemetry {
  const lines = new FewLines(clock)
  return {
    ...telemetry,
    log(level, message, fields) {
      const subject = JSON.stringify([level, message, fields?.['guardrail']])
      lines.note(subject)
      const count = lines.take(subject)
      if (count === undefined) return
      telemetry.log(level, message, count === 1 ? fields : { ...fields, leftOut: count - 1 })
    },
  }
}
