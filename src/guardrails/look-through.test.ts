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

function everywhere({ numbers: _numbers, ...detector }: Detector): Detector {
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
      { weight: 1, arbitrary: fc.stringMatching(/^\d{30,40}$/) },
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

/** What is found mostly, cut somewhere. */
const cuts = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: fc.constant('') }, texts),
    fc.oneof(
      fc.constantFrom(...CORPUS.filter(({ holds }) => holds.length > 0).map(({ text }) => text)),
      fc.constantFrom(...HELD),
      fc.constantFrom(
        '+1 (212) 555 0123',
        'call (212) 555 0123',
        'nino AB 12 34 56 C',
        '4111 1111-1111 1111',
        'x DE89 3704 0044 0532 0130 00',
        'RSSMRA85T10A562S',
        'my password is  "hunter22x1", really',
        'Authorization: Bearer   abcdefghijklmnop1234567890',
        'postgres://svc:hunter22x1@db.internal/x',
        'the signing key is Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZg==',
        'see\n------BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA',
        '---- BEGIN SSH2 PRIVATE KEY ----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA',
      ),
    ),
    fc.boolean(),
    fc.nat({ max: 64 }),
  )
  .map(([before, held, isEscaped, back]) => {
    const escaped = held.replaceAll(/[ @+(]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`)
    const text = `${before}${isEscaped ? escaped : held} and on it goes.`
    return { text, cut: Math.max(0, text.length - back) }
  })

test('what is settled is found already, to its end, whatever comes behind it', () => {
  fc.assert(
    fc.property(cuts, ({ text, cut }) => {
      const begun = text.slice(0, cut)
      const settled = FAST.settled?.(begun) ?? 0
      const until = (some: string): readonly string[] =>
        places(FAST, some).filter((place) => Number.parseInt(place, 10) < settled)
      expect([text, cut, until(begun)]).toEqual([text, cut, until(text)])
    }),
    { numRuns: 4_000 },
  )
})

test('of plain prose only the last word waits', () => {
  expect(FAST.settled?.('It was a quiet morn')).toBe('It was a qu'.length)
  expect(FAST.settled?.('Call 030 123456 today, she said')).toBe('Call 030 123456 today, she'.length - 3)
  expect(FAST.settled?.('Call 030 123456 and')).toBe(1)
  expect(FAST.settled?.('Here is a rule of five dashes: -----')).toBe(
    'Here is a rule of five dashes: '.length,
  )
  const written = 'It was a quiet morning, and nobody in the house had any idea. '.repeat(4)
  expect(written.length - (FAST.settled?.(written) ?? 0)).toBeLessThan(16)
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
