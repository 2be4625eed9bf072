/** What two pieces of a text have in common, so that what stands at the cut is seen whole. */
const OVERLAP = 200

/** Texts in as few portions as can be, each of so many characters at most: short ones together, long ones in pieces that overlap. */
export function packTexts(texts: readonly string[], mostCharacters: number): readonly (readonly string[])[] {
  const portions: string[][] = []
  let room = 0
  for (const piece of texts.flatMap((text) => piecesOf(text, mostCharacters))) {
    const last = portions.at(-1)
    // What stands between two of them when they are joined.
    const needed = piece.length + 1
    if (last === undefined || needed > room) {
      portions.push([piece])
      room = mostCharacters - piece.length
    } else {
      last.push(piece)
      room -= needed
    }
  }
  return portions
}

function piecesOf(text: string, mostCharacters: number): readonly string[] {
  if (text.length <= mostCharacters) return [text]
  const pieces: string[] = []
  const step = mostCharacters - OVERLAP
  for (let at = 0; at + OVERLAP < text.length; at += step) pieces.push(text.slice(at, at + mostCharacters))
  return pieces
}
