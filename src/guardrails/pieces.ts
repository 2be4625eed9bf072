import { CHARACTERS_BEFORE, type Found } from './looker.ts'

/** A longer text is looked at in pieces, so that nobody else has to wait for it. */
const PIECE = 65_536
/** So much behind a piece is looked at with it, at most: what is longer shows by reaching to the end of that. */
const MOST_BEHIND = 16_384
/** What is still not over so far behind its piece is taken to go on to the end of the text. */
const LONGEST = 1_048_576

/**
 * Looks at a text, a piece at a time. Gives what begins in each piece, in offsets of the whole text, to its end, however far that is.
 *
 * @param reach most characters of what is found mostly
 */
export function* lookInPieces(
  text: string,
  reach: number,
  look: (piece: string) => readonly Found[],
): Generator<readonly Found[], void> {
  const behind = Math.min(reach, MOST_BEHIND)
  if (text.length <= PIECE + behind) {
    yield look(text)
    return
  }
  for (let from = 0; from < text.length;) {
    const piece = { at: Math.max(0, from - CHARACTERS_BEFORE), from, to: from + PIECE }
    const found = foundIn(text, { ...piece, end: piece.to + behind }, look)
    yield found
    // What lies well within something that was found is part of it.
    from = found.reduce((to, { end }) => Math.max(to, end - PIECE), piece.to)
  }
}

/** A stretch of a text that is looked at, and where in it begins what is wanted. Offsets in the whole text. */
interface Stretch {
  readonly at: number
  readonly end: number
  readonly from: number
  readonly to: number
}

function foundIn(
  text: string,
  stretch: Stretch,
  look: (piece: string) => readonly Found[],
): readonly Found[] {
  const { at, from, to } = stretch
  const end = Math.min(stretch.end, text.length)
  const found = look(text.slice(at, end))
    .map(({ name, start, end: until }) => ({ name, start: at + start, end: at + until }))
    .filter(({ start }) => start >= from && start < to)
  const isOpen = end < text.length && found.some((one) => one.end === end)
  if (!isOpen) return found
  if (end - to >= LONGEST) return found.map((one) => (one.end === end ? { ...one, end: text.length } : one))
  return foundIn(text, { ...stretch, end: to + (end - to) * 4 }, look)
}
