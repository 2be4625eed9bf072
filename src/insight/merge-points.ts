import { mergeHistogram } from '../store/histogram.ts'
import { SERIES_AMOUNTS, SERIES_SUMS, type SeriesPoint } from '../store/series.ts'

/** Several intervals as one; undefined where nothing was in any of them. */
export function mergePoints(points: Iterable<SeriesPoint>): SeriesPoint | undefined {
  let merged: Writable | undefined
  for (const point of points) {
    merged ??= nothing()
    for (const sum of SERIES_SUMS) merged.sums[sum] += point.sums[sum]
    for (const amount of SERIES_AMOUNTS) merged.amounts[amount] += point.amounts[amount]
    mergeHistogram(merged.durations, point.durations)
    mergeHistogram(merged.firstEvents, point.firstEvents)
  }
  return merged
}

interface Writable extends SeriesPoint {
  readonly sums: Record<keyof SeriesPoint['sums'], number>
  readonly amounts: Record<keyof SeriesPoint['amounts'], bigint>
}

function nothing(): Writable {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each name of the list gets its zero
  const sums = Object.fromEntries(SERIES_SUMS.map((sum) => [sum, 0])) as Writable['sums']
  return {
    sums,
    amounts: { settled: 0n, estimated: 0n, simulated: 0n },
    durations: new Map(),
    firstEvents: new Map(),
  }
}
