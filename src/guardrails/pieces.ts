import { CHARACTERS_BEFORE } from './looker.ts'

/** A longer text is looked at in pieces, so that nobody else has to wait for it. */
const PIECE = 65_536

/** A piece of a text, with what stands around it: what begins from `from` to before `to` is found in it. Offsets in the whole text. */
export interface Piece {
  readonly text: string
  /** Where the text of the piece begins. */
  readonly at: number
  readonly from: number
  readonly to: number
}

/** @param reach most characters of anything that is to be found */
export function piecesOf(text: string, reach: number): readonly Piece[] {
  if (text.length <= PIECE + reach) return [{ text, at: 0, from: 0, to: text.length }]
  const pieces: Piece[] = []
  for (let from = 0; from < text.length; from += PIECE) {
    const at = Math.max(0, from - CHARACTERS_BEFORE)
    pieces.push({ text: text.slice(at, from + PIECE + reach), at, from, to: from + PIECE })
  }
  return pieces
}
