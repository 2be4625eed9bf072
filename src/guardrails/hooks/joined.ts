import type { Span } from '../detector.ts'
import { BETWEEN, type Portion } from '../portions.ts'
import type { SeenPlace } from './seen.ts'

/** Portions as one text, for servers that are asked about one at a time. */
export interface Joined {
  readonly words: string
  /** Where a span of the whole stands in the portions; one that goes beyond the end of a portion is one of each. */
  placesAt(span: Span): readonly SeenPlace[]
}

/** Joins portions, with blank lines between them. */
export function joinPortions(portions: readonly Portion[]): Joined {
  const starts: number[] = []
  let length = 0
  for (const { words } of portions) {
    starts.push(length)
    length += words.length + BETWEEN.length
  }
  return {
    words: portions.map(({ words }) => words).join(BETWEEN),
    placesAt({ start, end }) {
      const places: SeenPlace[] = []
      for (let index = lastAt(starts, start); index < portions.length; index += 1) {
        const portion = portions[index]
        const from = starts[index] ?? end
        if (portion === undefined || from >= end) break
        const place = { start: Math.max(0, start - from), end: Math.min(end - from, portion.words.length) }
        if (place.start < place.end) places.push({ portion, ...place })
      }
      return places
    },
  }
}

/** Which of them holds a place: the last one that begins there or before. */
function lastAt(starts: readonly number[], at: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= at) low = middle
    else high = middle - 1
  }
  return low
}
