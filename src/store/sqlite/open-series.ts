import type { NamedSeries, SeriesPoint } from '../series.ts'
import { OpenPoint } from './series-sums.ts'

/** Points of names by the beginning of their interval, while they are put together. */
export type OpenSeries = Map<string, Map<number, OpenPoint>>

/** The points of a name, which may be new. */
export function pointsOf(open: OpenSeries, name: string): Map<number, OpenPoint> {
  let points = open.get(name)
  if (points === undefined) open.set(name, (points = new Map()))
  return points
}

/** The point of an interval, which may be new. */
export function pointAt(points: Map<number, OpenPoint>, atMs: number): OpenPoint {
  let point = points.get(atMs)
  if (point === undefined) points.set(atMs, (point = new OpenPoint()))
  return point
}

/** Plain data, which can travel between threads. */
export function toSeries(open: OpenSeries): readonly NamedSeries[] {
  const known = [...open].filter(([, points]) => points.size > 0)
  return known.map(([name, points]) => ({
    name,
    points: new Map(
      [...points].sort(([one], [other]) => one - other).map(([atMs, point]) => [atMs, toPlain(point)]),
    ),
  }))
}

function toPlain({ sums, amounts, durations, firstEvents }: OpenPoint): SeriesPoint {
  return { sums, amounts, durations, firstEvents }
}
