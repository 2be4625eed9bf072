import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { createDetectors, GUESSING_DETECTORS } from './all.ts'
import { CORPUS } from './corpus.fixture.ts'
import { drawCorpus } from './drawn-corpus.fixture.ts'
import { Eye, type Looking } from './eye.ts'
import { HeldText } from './held-text.ts'
import { LONG_FINDS } from './long-finds.fixture.ts'
import { createLinkLooker } from './look-for-links.ts'
import { createLookThrough } from './look-through.ts'
import type { Looker } from './looker.ts'
import { drawPeople, PEOPLE } from './people.fixture.ts'
import { lookInPieces } from './pieces.ts'
import { replaceFound } from './replace-found.ts'

/*
 * Whatever is planted in a text, no part of it is told, however the text is cut: by the pieces of a stream, or by those in which a long
 * text is looked at.
 */

const LOOKER = createLookThrough(createDetectors(['sk-', 'AIza']))
const PLANTED = [...LONG_FINDS, ...CORPUS, ...drawCorpus(5)].filter(({ holds }) => holds.length > 0)
/** So many characters in a row of something planted are too many. */
const TELLING = 12

function tellsOf(shown: string, planted: string): string | undefined {
  const length = Math.min(TELLING, planted.length)
  for (let at = 0; at + length <= planted.length; at += 1)
    if (shown.includes(planted.slice(at, at + length))) return planted.slice(at, at + length)
  return undefined
}

function eyeOf(looker: Looker): Eye {
  const guardrail = {
    name: 'all',
    kind: 'detect',
    phases: ['output'],
    looker,
    action: { type: 'mask', restore: false },
    isShadow: false,
    budgetMs: 1e9,
    onError: 'block',
  } as const satisfies Looking
  return new Eye(guardrail, 'output', { elapsedMs: () => 0, onDefect() {} })
}

function streamed(looker: Looker, pieces: Iterable<string>): string {
  const held = new HeldText([eyeOf(looker)], (_value, { name }) => `<${name}>`)
  let shown = ''
  for (const piece of pieces) shown += held.push(piece)
  return shown + held.end()
}

function* cut(text: string, lengths: Iterable<number>): Generator<string> {
  let at = 0
  for (const length of lengths) {
    if (at >= text.length) return
    yield text.slice(at, at + length)
    at += length
  }
}

const cuts = fc.oneof(
  fc.constant([1]),
  fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 }),
  fc.array(fc.integer({ min: 200, max: 3_000 }), { minLength: 1, maxLength: 30 }),
)

function* again(lengths: readonly number[]): Generator<number> {
  for (;;) yield* lengths
}

const around = fc.constantFrom('', 'The weather is fine today, and so are you. '.repeat(40))

test.each(LONG_FINDS.map((one) => [one.holds[0]?.[0], one.text.length, one] as const))(
  'a long find is found as one: %s of %d characters',
  (_name, _length, { text, holds }) => {
    for (const [, words] of holds) expect(tellsOf(streamed(LOOKER, [text]), words)).toBeUndefined()
    for (const [, words] of holds)
      expect(tellsOf(streamed(LOOKER, cut(text, again([3]))), words)).toBeUndefined()
  },
)

test('no part of what is planted is told, however a stream is cut', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PLANTED), cuts, around, ({ text, holds }, lengths, prose) => {
      const shown = streamed(LOOKER, cut(`${prose}${text}\n${prose}`, again(lengths)))
      for (const [, words] of holds) expect(tellsOf(shown, words)).toBeUndefined()
    }),
    { numRuns: 300 },
  )
})

test('names and addresses are found in a stream where they are in the whole text', () => {
  const looker = createLookThrough(GUESSING_DETECTORS)
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...PEOPLE, ...drawPeople(9)), { minLength: 1, maxLength: 12 }),
      cuts,
      (some, lengths) => {
        const text = some.map((one) => one.text).join('\n')
        expect(streamed(looker, cut(text, again(lengths)))).toBe(
          replaceFound(text, looker.look(text), ({ name }) => `<${name}>`),
        )
      },
    ),
    { numRuns: 150 },
  )
})

test('no part is told where a long text is looked at in pieces', () => {
  const prose = 'The weather is fine today, and so are you. '.repeat(1_600)
  fc.assert(
    fc.property(
      fc.constantFrom(...LONG_FINDS, ...PLANTED.slice(0, 80)),
      fc.double({ min: 0, max: 1, noNaN: true }),
      ({ text, holds }, share) => {
        // What is planted lies across the border between two pieces.
        const whole = `${prose.slice(0, 65_536 - Math.floor(share * text.length))}\n${text}\n${prose}`
        const found = [...lookInPieces(whole, LOOKER.reach, (piece) => LOOKER.look(piece))].flat()
        const shown = replaceFound(whole, found, ({ name }) => `<${name}>`)
        for (const [, words] of holds) expect(tellsOf(shown, words)).toBeUndefined()
      },
    ),
    { numRuns: 60 },
  )
})

test('a text that only names the first line of a key is not held back for it', () => {
  const said = 'A key begins with -----BEGIN PRIVATE KEY----- and ends where it ends. '
  const text = said + 'The weather is fine today, and so are you. '.repeat(60)
  const held = new HeldText([eyeOf(LOOKER)], () => '<key>')
  let shown = ''
  for (const piece of cut(text, again([5]))) shown += held.push(piece)
  expect(held.held).toBeLessThan(600)
  expect(shown + held.end()).toBe(text)
})

test('addresses that are longer than most are masked to their end', () => {
  const looker = createLinkLooker(['example.com'])
  const address = `https://evil.example/?said=${'0123456789abcdefghijklmnopqrstuvwxyz'.repeat(120)}`
  for (const length of [1, 17, 5_000])
    expect(streamed(looker, cut(`see ${address} there`, again([length])))).toBe('see <link> there')
})

const PROSE = 'The weather is fine today, and so are you. '
const SECRET = 'mail jane.doe@corp.example.com now. '

test('a long run of base64 says the same in a stream as in a whole text', () => {
  const runs = fc
    .record({
      before: fc.integer({ min: 0, max: 1_600 }),
      after: fc.integer({ min: 0, max: 400 }),
      lead: fc.constantFrom('', 'see ', 'data=', String.raw`{"file":"\n`, 'x'.repeat(4_090) + '='),
      form: fc.constantFrom('plain', 'url', 'escaped', 'picture'),
      tail: fc.constantFrom('', '=', '" and on it goes.', '\n'),
    })
    .map(({ before, after, lead, form, tail }) => {
      const said = PROSE.repeat(before) + SECRET + PROSE.repeat(after)
      if (form === 'picture') return lead + btoa(`\u0089PNG\u0000${said}`) + tail
      const run = btoa(form === 'url' ? `\u00FF?>${said}` : said).replaceAll('=', '')
      if (form === 'escaped') return lead + run.replaceAll('u', String.raw`\u0075`).slice(0, 200_000) + tail
      return lead + (form === 'url' ? run.replaceAll('+', '-').replaceAll('/', '_') : run) + tail
    })
  fc.assert(
    fc.property(runs, fc.integer({ min: 700, max: 9_000 }), (text, length) => {
      expect(streamed(LOOKER, cut(text, again([length])))).toBe(
        replaceFound(text, LOOKER.look(text), ({ name }) => `<${name}>`),
      )
    }),
    { numRuns: 40 },
  )
})

test('a picture in base64 is shown as it comes', () => {
  const held = new HeldText([eyeOf(LOOKER)], () => '<>')
  for (const piece of cut(btoa(`\u0089PNG\u0000${PROSE.repeat(300)}`), again([50]))) held.push(piece)
  expect(held.held).toBeLessThan(4_200)
})
