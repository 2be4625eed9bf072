import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { createDetectors } from './all.ts'
import { CORPUS } from './corpus.fixture.ts'
import type { Detector } from './detector.ts'
import { digitsNeeded, hasDigits } from './digit-shapes.ts'
import { drawCorpus } from './drawn-corpus.fixture.ts'
import { createLookThrough } from './look-through.ts'
import { byPlace, type Looker } from './looker.ts'
import { surveyText } from './survey.ts'

const DETECTORS = createDetectors(['sk-', 'AIza'])
const FAST = createLookThrough(DETECTORS)
/** The same detectors, not told where it is enough to look: each looks everywhere. */
const PLAIN = createLookThrough(DETECTORS.map(everywhere))

function everywhere({ numbers: _numbers, isRun: _isRun, ...detector }: Detector): Detector {
  return detector
}

function places(looker: Looker, text: string): readonly string[] {
  const found = looker.look(text).toSorted((left, right) => byPlace(left, right))
  return [...new Set(found.map(({ start, end, name }) => `${start}-${end} ${name}`))].toSorted()
}

const HELD = [...CORPUS, ...drawCorpus(5)].map(({ text }) => text)

test('where it is worth looking, nothing is missed: the corpus', () => {
  for (const text of HELD) expect([text, places(FAST, text)]).toEqual([text, places(PLAIN, text)])
})

test('numbers of few digits stand alone too', () => {
  expect(places(FAST, 'Her NINO is AB123456C.')).toEqual(['12-21 national-id'])
})

const digits = fc.stringMatching(/^\d{1,16}$/)
const between = fc.constantFrom(
  ' ',
  '-',
  '.',
  '/',
  '+',
  ':',
  ', ',
  '(',
  ') ',
  '\u00A0',
  '\n',
  ' is ',
  '@',
  '_',
  '"',
)
const strange = fc.constantFrom(
  'é',
  '\u0661',
  '😀',
  '\uD835',
  '\u200B',
  'ß',
  '１',
  'tel ',
  'nhs',
  'DE89',
  'AB',
  'X',
  'e',
)
/** Numbers upon numbers, cut and put together: what people write, and what nobody does. */
const texts = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: digits },
      { weight: 4, arbitrary: between },
      { weight: 2, arbitrary: strange },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
      { weight: 1, arbitrary: fc.constantFrom(...HELD) },
      { weight: 1, arbitrary: fc.stringMatching(/^[A-Za-z0-9+/_.-]{10,60}$/) },
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''))

test('where it is worth looking, nothing is missed: whatever is written', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(places(FAST, text)).toEqual(places(PLAIN, text))
    }),
    { numRuns: 2_000 },
  )
})

const SHAPES = DETECTORS.flatMap(({ numbers = [] }) => numbers.flatMap(({ shape }) => shape ?? []))

test.each(SHAPES.map((shape) => [shape]))('what %p matches has the digits that it needs', (shape) => {
  const needed = digitsNeeded(shape)
  if (needed === undefined) return
  fc.assert(
    fc.property(fc.stringMatching(new RegExp(`^(?:${shape.source})$`)), (match) => {
      for (const span of surveyText(` ${match} `).numbers)
        expect(needed.some((one) => hasDigits(span.digits, one))).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('what is not understood of a pattern, or matches too much, is needed nowhere', () => {
  for (const shape of [/\d+/, /(?:\d[ .]?){9,15}/, /\u0031{4}/, /(\d)\1/, /[^a]{40}/, /\p{N}{4}/u])
    expect(digitsNeeded(shape)).toBeUndefined()
})
