import type { Found, Looker } from './looker.ts'

/** A longer text is looked at in pieces, so that nobody else has to wait for it. */
const PIECE = 65_536
/** What a look needs to know of the text before a place: the words that say what a number is. */
const BEFORE = 256

/** Looks at a text as `look` does, in steps of about the same length. */
export function* lookInSteps(looker: Looker, text: string): Generator<void, readonly Found[]> {
  const { reach } = looker
  if (text.length <= PIECE + reach) return looker.look(text)
  const found: Found[] = []
  for (let from = 0; from < text.length; from += PIECE) {
    const begin = Math.max(0, from - BEFORE)
    const piece = text.slice(begin, from + PIECE + reach)
    for (const { start, end, name } of looker.look(piece)) {
      const at = begin + start
      // What begins behind the piece is found with the next one, what began before it was with the last.
      if (at >= from && at < from + PIECE) found.push({ start: at, end: begin + end, name })
    }
    yield
  }
  return found
}
