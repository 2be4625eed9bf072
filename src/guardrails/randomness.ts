/** Of a token: what stands between its hyphens. */
const BETWEEN = /[-_.~]/
/** So many characters of a part, at least, are no word where there is a digit among them, or where their case changes. */
const LEAST_PART = 10
const LEAST_LETTERS = 16
const LEAST_CHANGES = 3

/** Is a part of a text no word of anything, as parts of tokens are? Words with hyphens between them are no secrets. */
export function hasRandomPart(text: string): boolean {
  return text
    .split(BETWEEN)
    .some(
      (part) =>
        part.length >= LEAST_PART &&
        (/\d/.test(part) || (part.length >= LEAST_LETTERS && caseChanges(part) >= LEAST_CHANGES)),
    )
}

function caseChanges(text: string): number {
  return text.match(/[a-z][A-Z]/g)?.length ?? 0
}

const LEAST_BITS = 3
const LEAST_DIGIT_GROUPS = 3
const MOST_WORDS = 0.5
/** Letters as words have them. */
const WORDS = /[A-Z]?[a-z]*[aeiouy][a-z]*/g
const LEAST_WORD = 4

/** Are the characters of a value as those that were drawn, and none of a name, a path or a number? */
export function looksDrawn(value: string): boolean {
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false
  const digitGroups = value.match(/\d+/g)?.length ?? 0
  if (bitsOf(value) < LEAST_BITS) return false
  return digitGroups >= LEAST_DIGIT_GROUPS || shareOfWords(value) <= MOST_WORDS
}

/** Entropy of its characters, bits for each (Shannon). */
function bitsOf(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

function shareOfWords(text: string): number {
  const words = text.match(WORDS) ?? []
  return words.reduce((sum, { length }) => sum + (length >= LEAST_WORD ? length : 0), 0) / text.length
}
