/** A piece of text that both have, or one of them. */
export interface Piece {
  readonly text: string
  readonly of: 'both' | 'first' | 'second'
}

/** Of longer texts the rest is not compared. */
const MOST_WORDS = 1_500

/** What two texts have in common, and what each has alone, word by word: by their longest common sequence. */
export function compareTexts(first: string, second: string): readonly Piece[] {
  const [left, right] = [wordsOf(first), wordsOf(second)]
  const lengths = commonLengths(left, right)
  const at = (row: number, column: number): number => lengths[row * (right.length + 1) + column] ?? 0
  const pieces: Piece[] = []
  const say = (text: string, of: Piece['of']): void => {
    const last = pieces.at(-1)
    if (last?.of === of) pieces[pieces.length - 1] = { of, text: last.text + text }
    else pieces.push({ of, text })
  }
  let [i, j] = [0, 0]
  while (i < left.length || j < right.length) {
    const [one, other] = [left[i], right[j]]
    if (one !== undefined && one === other) {
      say(one, 'both')
      i += 1
      j += 1
    } else if (other === undefined || (one !== undefined && at(i + 1, j) >= at(i, j + 1))) {
      say(one ?? '', 'first')
      i += 1
    } else {
      say(other, 'second')
      j += 1
    }
  }
  return pieces
}

/** Words with the space behind them. */
function wordsOf(text: string): readonly string[] {
  return (text.match(/\S+\s*|\s+/g) ?? []).slice(0, MOST_WORDS)
}

/** The length of the longest sequence that the rests of both have in common, from every pair of places. */
function commonLengths(left: readonly string[], right: readonly string[]): Uint16Array {
  const width = right.length + 1
  const lengths = new Uint16Array((left.length + 1) * width)
  for (let i = left.length - 1; i >= 0; i -= 1)
    for (let j = right.length - 1; j >= 0; j -= 1) {
      const place = i * width + j
      lengths[place] =
        left[i] === right[j]
          ? (lengths[place + width + 1] ?? 0) + 1
          : Math.max(lengths[place + width] ?? 0, lengths[place + 1] ?? 0)
    }
  return lengths
}
