const encoder = new TextEncoder()
/** Of a character outside the basic plane, as UTF-16 writes it. */
const FIRST_HALF = 0xd800
const SECOND_HALF = 0xdc00

/**
 * Turns a text into UTF-8 bytes as `TextEncoder` does, in steps of so many characters: a long text of other than Latin letters
 * takes the runtime some nanoseconds for each.
 */
export function* encodeTextInSteps(text: string, stepCharacters: number): Generator<void, Uint8Array> {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < text.length;) {
    const end = endOfStep(text, at + stepCharacters)
    pieces.push(encoder.encode(text.slice(at, end)))
    at = end
    yield
  }
  return Buffer.concat(pieces)
}

/** Not between the halves of a character. */
function endOfStep(text: string, wanted: number): number {
  const isWithin = isHalf(text, wanted - 1, FIRST_HALF) && isHalf(text, wanted, SECOND_HALF)
  return isWithin ? wanted + 1 : wanted
}

function isHalf(text: string, at: number, half: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === half
}
