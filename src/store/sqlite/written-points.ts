import { isArray, parseJson, type Json } from '../../kit/json.ts'
import { readHistogram, writeHistogram } from '../histogram.ts'
import { ATTEMPT_SUMS, REQUEST_SUMS, SERIES_AMOUNTS } from '../series.ts'
import type { OpenPoint } from './series-sums.ts'

/** What points are told apart by in one text: their name, or the minute of an hour. */
type Head = string | number

/** Sums in the order in which they are written. They stand last, and a further one goes to the end: texts of before lack it. */
const WRITTEN_SUMS = [...REQUEST_SUMS, ...ATTEMPT_SUMS] as const
/** Head, weight, two histograms. */
const BEFORE_AMOUNTS = 4
const BEFORE_SUMS = BEFORE_AMOUNTS + SERIES_AMOUNTS.length

/**
 * Writes points as one text: a place in a table for each costs twenty times as much. Zeros at the end are left out.
 */
export function writePoints(points: Iterable<readonly [Head, OpenPoint]>): string {
  return JSON.stringify(Array.from(points, ([head, point]) => toValues(head, point)))
}

function toValues(head: Head, { weight, durations, firstEvents, amounts, sums }: OpenPoint): unknown[] {
  const values: (string | number)[] = [head, weight, writeHistogram(durations), writeHistogram(firstEvents)]
  for (const amount of SERIES_AMOUNTS) values.push(toWritten(amounts[amount]))
  for (const sum of WRITTEN_SUMS) values.push(sums[sum])
  while (values.at(-1) === 0) values.pop()
  return values
}

/** Amounts that a number does not hold exactly are text. */
function toWritten(amount: bigint): string | number {
  const number = Number(amount)
  return Number.isSafeInteger(number) ? number : amount.toString()
}

/** Adds what `writePoints` wrote to the points that are found by its heads; where none is, it is passed over. */
export function readPoints(
  text: string,
  pointOf: (head: Head, weight: number) => OpenPoint | undefined,
): void {
  const written = parseJson(text)
  if (!isArray(written)) return
  for (const values of written) {
    if (!isArray(values)) continue
    const [head, weight] = values
    if (typeof head !== 'string' && typeof head !== 'number') continue
    const point = pointOf(head, Number(weight))
    if (point !== undefined) addValues(point, values)
  }
}

function addValues(point: OpenPoint, values: readonly Json[]): void {
  point.weight += Number(values[1])
  const [, , durations, firstEvents] = values
  if (typeof durations === 'string') readHistogram(point.durations, durations)
  if (typeof firstEvents === 'string') readHistogram(point.firstEvents, firstEvents)
  SERIES_AMOUNTS.forEach((amount, index) => {
    const value = values[BEFORE_AMOUNTS + index]
    if (typeof value === 'number' || typeof value === 'string') point.amounts[amount] += BigInt(value)
  })
  WRITTEN_SUMS.forEach((sum, index) => {
    point.sums[sum] += Number(values[BEFORE_SUMS + index] ?? 0)
  })
}
