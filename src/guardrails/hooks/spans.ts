import type { Span } from '../detector.ts'
import { isWithinCharacter } from '../portions.ts'

/** How a server counts characters. */
export const OFFSET_UNITS = ['code-points', 'utf-16'] as const
export type OffsetUnit = (typeof OFFSET_UNITS)[number]

/**
 * Reads a span of a text as a server tells it; undefined where it is none of this text, since it was said of another one then. One that
 * begins or ends within a character is one of the whole character.
 */
export type ReadSpan = (start: unknown, end: unknown) => Span | undefined

const SURROGATE = /[\uD800-\uDFFF]/

/** Creates what reads the spans of one text. */
export function createSpanReader(words: string, unit: OffsetUnit): ReadSpan {
  const offsets = unit === 'code-points' && SURROGATE.test(words) ? offsetsOf(words) : undefined
  const last = offsets === undefined ? words.length : offsets.length - 1
  return (start, end) => {
    if (!isOffset(start) || !isOffset(end) || start >= end || end > last) return undefined
    if (offsets !== undefined) return { start: offsets[start] ?? 0, end: offsets[end] ?? 0 }
    return wholeCharacters(words, { start, end })
  }
}

/** A span, and the rest of the characters that it begins or ends in. */
export function wholeCharacters(words: string, { start, end }: Span): Span {
  return {
    start: isWithinCharacter(words, start) ? start - 1 : start,
    end: isWithinCharacter(words, end) ? end + 1 : end,
  }
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

/** Where each character begins, in code units, and where the text ends. */
function offsetsOf(words: string): Uint32Array {
  const offsets = new Uint32Array(words.length + 1)
  let count = 0
  for (let at = 0; at < words.length; at += isWithinCharacter(words, at + 1) ? 2 : 1) {
    offsets[count] = at
    count += 1
  }
  offsets[count] = words.length
  return offsets.subarray(0, count + 1)
}
