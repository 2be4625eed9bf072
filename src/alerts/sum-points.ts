import { mergeHistogram } from '../store/histogram.ts'
import {
  ATTEMPT_SUMS,
  REQUEST_SUMS,
  SERIES_AMOUNTS,
  type AttemptSum,
  type RequestSum,
  type SeriesAmount,
  type SeriesPoint,
} from '../store/series.ts'

const SUMS = [...REQUEST_SUMS, ...ATTEMPT_SUMS] as const

/** Several intervals as one. */
export function sumPoints(points: Iterable<SeriesPoint>): SeriesPoint {
  const sums = zeroes(SUMS, 0)
  const amounts = zeroes(SERIES_AMOUNTS, 0n)
  const durations = new Map<number, number>()
  const firstEvents = new Map<number, number>()
  for (const point of points) {
    for (const name of SUMS) sums[name] += point.sums[name]
    for (const name of SERIES_AMOUNTS) amounts[name] += point.amounts[name]
    mergeHistogram(durations, point.durations)
    mergeHistogram(firstEvents, point.firstEvents)
  }
  return { sums, amounts, durations, firstEvents }
}

function zeroes<Name extends RequestSum | AttemptSum | SeriesAmount, Zero>(
  names: readonly Name[],
  zero: Zero,
): Record<Name, Zero> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.fromEntries forgets the names
  return Object.fromEntries(names.map((name) => [name, zero])) as Record<Name, Zero>
}
