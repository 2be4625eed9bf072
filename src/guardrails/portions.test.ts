import { expect, test } from 'bun:test'
import { createSeededRandom } from '../kit/random.ts'
import { joinPortions } from './hooks/joined.ts'
import { BETWEEN, packTexts, type Portion } from './portions.ts'
import { createSpanReader } from './hooks/spans.ts'

const random = createSeededRandom(79)
const below = (most: number): number => Math.floor(random.next() * most)
const LETTERS = ['a', 'b', ' ', '\n', 'é', '漢', '😀', '👩‍👩‍👧', '\uD83D', '\uDE00']
const invent = (length: number): string =>
  Array.from({ length }, () => LETTERS[below(LETTERS.length)] ?? '').join('')

/** What stands at a span of the whole, portion by portion, character of the machine by character. */
function wordsAt(portions: readonly Portion[], start: number, end: number): readonly string[] {
  let before = 0
  return portions.flatMap(({ words }) => {
    const from = before
    before += words.length + BETWEEN.length
    const told = words.slice(Math.max(0, start - from), Math.max(0, end - from))
    return told === '' ? [] : [told]
  })
}

test('whatever texts and letters are like: nothing is lost, no letter holds too much, and places come back to where they are', () => {
  for (let round = 0; round < 500; round += 1) {
    const texts = [...new Set(Array.from({ length: 1 + below(6) }, () => invent(1 + below(90))))]
    const capacity = { characters: 16 + below(100), portions: 1 + below(4) }
    const letters = packTexts(texts, capacity)
    for (const portions of letters) {
      const joined = joinPortions(portions)
      expect(joined.words.length).toBeLessThanOrEqual(capacity.characters)
      expect(portions.length).toBeLessThanOrEqual(capacity.portions)
      const characters = Array.from(joined.words)
      const start = below(characters.length)
      const end = start + 1 + below(characters.length - start)
      const span = createSpanReader(joined.words, 'code-points')(start, end) ?? { start: -1, end: -1 }
      expect(joined.words.slice(span.start, span.end)).toBe(characters.slice(start, end).join(''))
      const told = joined.placesAt(span).map((place) => place.portion.words.slice(place.start, place.end))
      expect(told).toEqual([...wordsAt(portions, span.start, span.end)])
    }
    for (const text of texts) {
      let covered = 0
      for (const portion of letters.flat().filter((one) => one.text === text)) {
        expect(portion.start).toBeLessThanOrEqual(covered)
        expect(text.slice(portion.start, portion.start + portion.words.length)).toBe(portion.words)
        covered = portion.start + portion.words.length
        const isCut = /[\uD800-\uDBFF]$/.test(portion.words) && /^[\uDC00-\uDFFF]/.test(text.slice(covered))
        expect(isCut).toBe(false)
      }
      expect(covered).toBe(text.length)
    }
  }
})
