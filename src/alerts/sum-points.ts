import { mergeHistogram } from '../store/histogram.ts'
import {
  SERIES_AMOUNTS,
  SERIES_SUMS,
  type SeriesAmount,
  type SeriesPoint,
  type SeriesSum,
} from '../store/series.ts'

/** Several intervals as one. */
export function sumPoints(points: Iterable<SeriesPoint>): SeriesPoint {
  const sums = zeroes(SERIES_SUMS, 0)
  const amounts = zeroes(SERIES_AMOUNTS, 0n)
  const durations = new Map<number, number>()
  const firstEvents = new Map<number, number>()
  for (const point of points) {
    for (const name of SERIES_SUMS) sums[name] += point.sums[name]
    for (const name of SERIES_AMOUNTS) amounts[name] += point.amounts[name]
    mergeHistogram(durations, point.durations)
    mergeHistogram(firstEvents, point.firstEvents)
  }
  return { sums, amounts, durations, firstEvents }
}

function zeroes<Name extends SeriesSum | SeriesAmount, Zero>(
  names: readonly Name[],
  zero: Zero,
): Record<Name, Zero> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.fromEntries forgets the names
  return Object.fromEntries(names.map((name) => [name, zero])) as Record<Name, Zero>
}
