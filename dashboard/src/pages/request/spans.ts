import type { GetRequestsId } from '../../api/answers.ts'
import { isObject } from '../../words/reading.ts'
import { candidatesOf, type AttemptTold } from './candidates.ts'

/** An attempt as a bar: milliseconds since the request came. */
export interface Span {
  readonly id: string
  readonly ordinal: number
  readonly target: string
  readonly startMs: number
  /** Until it said something. */
  readonly waitMs: number
  readonly durationMs: number
  /** Its time served nobody. */
  readonly isLost: boolean
}

/** The attempts of the ledger, with the times that the decision knows more exactly. */
export function spansOf({ at, attempt_rows: rows, decision }: GetRequestsId): readonly Span[] {
  const told = new Map<string, AttemptTold>()
  if (isObject(decision))
    for (const { attempts } of candidatesOf(decision).rows) for (const one of attempts) told.set(one.id, one)
  const beganMs = Date.parse(at)
  return rows.map((row) => {
    const known = told.get(row.id)
    const durationMs = known?.durationMs ?? row.duration_ms
    return {
      id: row.id,
      ordinal: row.ordinal,
      target: row.target,
      startMs: known?.startedMs ?? Math.max(0, Date.parse(row.at) - beganMs),
      waitMs: Math.min(durationMs, known?.firstEventMs ?? durationMs),
      durationMs,
      isLost: row.outcome !== 'ok',
    }
  })
}

const MOST_TICKS = 4

/** Round lengths of time for an axis, from nothing; none so near the end that its word would stand on the last one. */
export function ticksOf(wholeMs: number): readonly number[] {
  if (wholeMs <= 0) return [0]
  const power = 10 ** Math.floor(Math.log10(wholeMs / MOST_TICKS))
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => wholeMs / one <= MOST_TICKS) ?? wholeMs
  const ticks: number[] = []
  for (let ms = 0; ms < wholeMs * 0.88; ms += step) ticks.push(ms)
  return ticks
}
