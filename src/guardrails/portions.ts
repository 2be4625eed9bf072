/** A part of a text that somebody who judges texts is asked about. */
export interface Portion {
  readonly text: string
  /** Where it begins in the text, UTF-16 code units. */
  readonly start: number
  readonly words: string
}

/** How much one letter holds. */
export interface Capacity {
  /** Characters, what stands between portions included. */
  readonly characters: number
  /** Absent: any number of them. */
  readonly portions?: number
}

/** What stands between portions where several are asked about as one text. */
export const BETWEEN = '\n\n'

/** So much of a text that is cut is sent twice: what stands at the cut would be seen by nobody. */
const OVERLAP = 256
const OVERLAP_SHARE = 1 / 8

/** Divides texts into as few letters as hold them, in their order. A text that is longer than a letter is cut. */
export function packTexts(
  texts: readonly string[],
  { characters, portions = Number.POSITIVE_INFINITY }: Capacity,
): readonly (readonly Portion[])[] {
  const letters: Portion[][] = []
  let left = 0
  for (const portion of texts.flatMap((text) => cutText(text, characters))) {
    const needs = portion.words.length + BETWEEN.length
    const letter = letters.at(-1)
    if (letter === undefined || needs > left || letter.length >= portions) {
      letters.push([portion])
      left = characters - needs
    } else {
      letter.push(portion)
      left -= needs
    }
  }
  return letters
}

function cutText(text: string, characters: number): readonly Portion[] {
  if (text.length <= characters) return [{ text, start: 0, words: text }]
  const overlap = Math.min(OVERLAP, Math.floor(characters * OVERLAP_SHARE))
  const portions: Portion[] = []
  let start = 0
  for (;;) {
    const end = Math.min(text.length, beforePair(text, start + characters))
    portions.push({ text, start, words: text.slice(start, end) })
    if (end >= text.length) return portions
    start = beforePair(text, end - overlap)
  }
}

/** A place at which no character is cut in two. */
function beforePair(text: string, at: number): number {
  return isWithinCharacter(text, at) ? at - 1 : at
}

/** Is a place between the two code units of one character? */
export function isWithinCharacter(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800
}
