import type { Span } from './detector.ts'

/** Something that was found, by the name of what has found it. */
export interface Found extends Span {
  readonly name: string
}

/** Finds places in texts. Pure, synchronous, and linear in the length of the text: it looks at what strangers have written. */
export interface Looker {
  /** Most characters from the first to the last of anything that it finds. */
  readonly reach: number
  /** All places, in no order; they may overlap. */
  look(text: string): readonly Found[]
  /**
   * How many characters from the start of a text are settled: whatever is written behind it, what begins in them is found already, to its
   * end. Absent: all but the last `reach`.
   *
   * @param shown so many of them were shown before, and what begins in them is not asked for any more; absent: none
   */
  settled?(text: string, shown?: number): number
}

/** How much of a text that is still being written is settled, as far as a looker is concerned. @param shown how much of it was shown */
export function settledBy(looker: Looker, text: string, shown = 0): number {
  const beyondReach = Math.max(0, text.length - looker.reach)
  return looker.settled === undefined ? beyondReach : Math.max(beyondReach, looker.settled(text, shown))
}

/** What a look needs to know of the text before a place: the words that say what a number is. */
export const CHARACTERS_BEFORE = 128

/** Puts places in order: of two that begin at one, the longer first. */
export function byPlace(left: Span, right: Span): number {
  return left.start - right.start || right.end - left.end
}
