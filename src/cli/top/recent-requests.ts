import { LIMITS } from '../../kit/limits.ts'
import type { RequestRow } from '../../store/store.ts'

/** What is told of some requests. */
export interface Tally {
  readonly name: string
  readonly requests: number
  readonly perSecond: number
  /** Those that neither went well nor were given up by their client. */
  readonly errors: number
  readonly p95Ms: number
  readonly costNanoUsd: bigint
  readonly simulatedNanoUsd: bigint
}

/** The requests of the last minute, `LIMITS.topRequests` at most. */
export class RecentRequests {
  readonly #windowMs: number
  #rows: RequestRow[] = []

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  add(rows: readonly RequestRow[]): void {
    this.#rows.push(...rows)
    if (this.#rows.length > LIMITS.topRequests) this.#rows = this.#rows.slice(-LIMITS.topRequests)
  }

  /** Forgets what ended before the window; a row stands for the moment of its end. */
  forget(nowMs: number): void {
    this.#rows = this.#rows.filter(({ atMs, durationMs }) => atMs + durationMs > nowMs - this.#windowMs)
  }

  all(): Tally {
    return tallyOf('all', this.#rows, this.#windowMs)
  }

  /** By what a request says, busiest first. What says nothing is left out. */
  by(nameOf: (row: RequestRow) => string | undefined): readonly Tally[] {
    const groups = Map.groupBy(this.#rows, nameOf)
    return [...groups]
      .flatMap(([name, rows]) => (name === undefined ? [] : [tallyOf(name, rows, this.#windowMs)]))
      .toSorted((left, right) => right.requests - left.requests || left.name.localeCompare(right.name))
      .slice(0, LIMITS.topRows)
  }
}

function tallyOf(name: string, rows: readonly RequestRow[], windowMs: number): Tally {
  const times = rows.map(({ durationMs }) => durationMs).toSorted((left, right) => left - right)
  const money = (isWanted: (row: RequestRow) => boolean): bigint =>
    rows.filter(isWanted).reduce((sum, { costNanoUsd = 0n }) => sum + costNanoUsd, 0n)
  return {
    name,
    requests: rows.length,
    perSecond: rows.length / (windowMs / 1_000),
    errors: rows.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'client-gone').length,
    p95Ms: times[Math.max(0, Math.ceil(times.length * 0.95) - 1)] ?? 0,
    costNanoUsd: money(({ simulated }) => !simulated),
    simulatedNanoUsd: money(({ simulated }) => simulated),
  }
}
