import { isArray, parseJson, type Json } from '../../kit/json.ts'
import { readHistogram, writeHistogram } from '../histogram.ts'
import { SERIES_AMOUNTS, SERIES_SUMS } from '../series.ts'
import type { OpenPoint } from './series-sums.ts'

/** What points are told apart by in one text: their name, or the minute of an hour. */
type Head = string | number

/** Head, weight, two histograms. Sums stand last, and a further one goes to the end: texts of before lack it. */
const BEFORE_AMOUNTS = 4

/** A point as one text holds it: its head, its weight, its histograms, and its numbers. */
export type WrittenPoint = readonly Json[]

/**
 * Writes points as one text: a place in a table for each costs twenty times as much. Zeros at the end are left out.
 */
export function writePoints(points: Iterable<readonly [Head, OpenPoint]>): string {
  return joinPoints(Array.from(points, ([head, point]) => toValues(head, point)))
}

/** The text of points that are written already. */
export function joinPoints(written: readonly WrittenPoint[]): string {
  return JSON.stringify(written)
}

/** The same point under another head. */
export function withHead(head: Head, written: WrittenPoint): WrittenPoint {
  return written.with(0, head)
}

function toValues(head: Head, { weight, durations, firstEvents, amounts, sums }: OpenPoint): Json[] {
  const values: Json[] = [head, weight, writeHistogram(durations), writeHistogram(firstEvents)]
  for (const amount of SERIES_AMOUNTS) values.push(toWritten(amounts[amount]))
  for (const sum of SERIES_SUMS) values.push(sums[sum])
  while (values.at(-1) === 0) values.pop()
  return values
}

/** Amounts that a number does not hold exactly are text. */
function toWritten(amount: bigint): string | number {
  if (amount === 0n) return 0
  const number = Number(amount)
  return Number.isSafeInteger(number) ? number : amount.toString()
}

/** The points of a text with their heads. */
export function* pointsIn(text: string): Iterable<readonly [Head, WrittenPoint]> {
  const written = parseJson(text)
  if (!isArray(written)) return
  for (const values of written) {
    if (!isArray(values)) continue
    const [head] = values
    if (typeof head === 'string' || typeof head === 'number') yield [head, values]
  }
}

/** Adds what `writePoints` wrote to the points that are found by its heads; where none is, it is passed over. */
export function readPoints(
  text: string,
  pointOf: (head: Head, weight: number) => OpenPoint | undefined,
): void {
  for (const [head, written] of pointsIn(text)) {
    const point = pointOf(head, Number(written[1]))
    if (point !== undefined) addWritten(point, written)
  }
}

/** Adds a point that was written to another. */
export function addWritten(point: OpenPoint, written: WrittenPoint): void {
  const [, weight, durations, firstEvents] = written
  point.weight += Number(weight)
  if (typeof durations === 'string') readHistogram(point.durations, durations)
  if (typeof firstEvents === 'string') readHistogram(point.firstEvents, firstEvents)
  let place = BEFORE_AMOUNTS
  for (const amount of SERIES_AMOUNTS) {
    const value = written[place]
    place += 1
    if (value !== 0 && (typeof value === 'number' || typeof value === 'string'))
      point.amounts[amount] += BigInt(value)
  }
  for (const sum of SERIES_SUMS) {
    if (place >= written.length) return
    point.sums[sum] += Number(written[place] ?? 0)
    place += 1
  }
}
