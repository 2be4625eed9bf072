import type { GetSeries } from '../../api/answers.ts'
import { numbersOf } from '../../parts/chart/from-series.ts'

/** How a target did in the time of the page. */
export interface Past {
  readonly calls: number
  readonly failed: number
  readonly firstTokenMs: number | undefined
  /** The share of calls that failed, by interval; null where there was none. */
  readonly heat: readonly (number | null)[]
}

/** At most so many cells: several intervals are one where there are more. */
const CELLS = 48

/** Reads how targets did, by their names. */
export function pastOf({ series }: Pick<GetSeries, 'series'>): ReadonlyMap<string, Past> {
  return new Map(
    series.map(({ name, values }) => {
      const calls = numbersOf(values['attempts']).map((value) => value ?? 0)
      const failed = numbersOf(values['failed_attempts']).map((value) => value ?? 0)
      const times = numbersOf(values['ttft_p95']).filter((value) => value !== null)
      return [
        name,
        {
          calls: sum(calls),
          failed: sum(failed),
          firstTokenMs: times.length === 0 ? undefined : Math.max(...times),
          heat: heatOf(calls, failed),
        },
      ]
    }),
  )
}

function heatOf(calls: readonly number[], failed: readonly number[]): readonly (number | null)[] {
  const width = Math.ceil(calls.length / CELLS)
  return Array.from({ length: Math.ceil(calls.length / width) }, (_cell, cell) => {
    const part = (values: readonly number[]): number => sum(values.slice(cell * width, (cell + 1) * width))
    return part(calls) === 0 ? null : part(failed) / part(calls)
  })
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}
