import { crc32 } from '../kit/hash.ts'

/** How many numbers of a vector a word or a part of one moves. */
const MOVES = 4
/** Characters of the parts of words that are looked at, so that `walk` and `walking` are near. */
const PART_CHARACTERS = 3
/** A part says less than the word. */
const PART_WEIGHT = 0.4
const SEED_STEP = 0x9e3779b1

/**
 * A vector of unit length for a text or its tokens: each word moves a few of the numbers, found by a hash of it, up or down (feature
 * hashing, https://arxiv.org/abs/0902.2206), so that texts which share words are near and others nearly at right angles.
 */
export function textVector(input: string | readonly number[], dimensions: number): readonly number[] {
  const vector = new Float64Array(dimensions)
  if (typeof input === 'string') for (const word of wordsIn(input)) addWord(vector, word)
  else for (const token of input) move(vector, `token ${token}`, 1)
  return toUnitLength(vector)
}

function wordsIn(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

function addWord(vector: Float64Array, word: string): void {
  // Short words are mostly grammar.
  const weight = Math.log2(1 + word.length)
  move(vector, word, weight)
  const marked = `^${word}$`
  for (let at = 0; at + PART_CHARACTERS <= marked.length; at += 1)
    move(vector, `part ${marked.slice(at, at + PART_CHARACTERS)}`, weight * PART_WEIGHT)
}

function move(vector: Float64Array, feature: string, weight: number): void {
  let hash = crc32(feature)
  for (let time = 0; time < MOVES; time += 1) {
    hash = Math.imul(hash ^ (hash >>> 15), SEED_STEP) >>> 0
    const index = hash % vector.length
    vector[index] = (vector[index] ?? 0) + ((hash >>> 16) % 2 === 0 ? weight : -weight)
  }
}

/** What says nothing points in a direction of its own. */
function toUnitLength(vector: Float64Array): readonly number[] {
  const length = Math.hypot(...vector)
  if (length === 0) return Array.from(vector, (_, index) => (index === 0 ? 1 : 0))
  return Array.from(vector, (value) => Math.fround(value / length))
}
