import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { cpuMsOf } from '../kit/cpu-time.fixture.ts'
import { createDetectors } from './all.ts'
import { Eye, type Looking } from './eye.ts'
import { HeldText } from './held-text.ts'
import { createLookThrough } from './look-through.ts'
import type { Found } from './looker.ts'
import { replaceFound } from './replace-found.ts'

const DETECTORS = createDetectors(['sk-'])
const LOOKER = createLookThrough(DETECTORS)

function eye(changes: Partial<Looking> = {}): Eye {
  const guardrail = {
    name: 'all',
    kind: 'detect',
    phases: ['output'],
    looker: LOOKER,
    action: { type: 'mask', restore: false },
    isShadow: false,
    budgetMs: 1e9,
    onError: 'block',
    ...changes,
  } as Looking
  return new Eye(guardrail, 'output', { elapsedMs: () => 0, onDefect() {} })
}

const mark = ({ name }: Found): string => `<${name}>`

/** A text with things to be found in it, and how it is cut. */
const texts = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.lorem({ maxCount: 12 }) },
      fc.constantFrom(
        'ana.lopez@example.com',
        '4111 1111 1111 1111',
        'DE89 3704 0044 0532 0130 00',
        'sk-proj-9f8e7d6c5b4a39281706abcd',
        'YW5hLmxvcGV6QGV4YW1wbGUuY29tIGFuZCBtb3Jl',
        'password: hunter2hunter',
        '+49 30 12345678',
        'x'.repeat(900),
        '@ @ ; \n\n',
      ),
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(' '))

const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 40 }))

function* piecesOf(text: string, lengths: Iterable<number>): Generator<string> {
  let at = 0
  for (const length of lengths) {
    if (at >= text.length) return
    yield text.slice(at, at + length)
    at += length
  }
}

test('however a text is cut, what is shown of it is what is shown of the whole, and counted once', () => {
  fc.assert(
    fc.property(texts, cuts, (text, lengths) => {
      const looking = eye()
      const held = new HeldText([looking], (_value, place) => mark(place))
      let shown = ''
      for (const piece of piecesOf(text, lengths)) shown += held.push(piece)
      shown += held.end()
      const whole = eye()
      const once = new HeldText([whole], (_value, place) => mark(place))
      expect(shown).toBe(once.push(text) + once.end())
      expect(shown).toBe(replaceFound(text, LOOKER.look(text), mark))
      expect(looking.finding()).toEqual(whole.finding())
    }),
    { numRuns: 400 },
  )
})

test('where somebody blocks, nothing of it is shown, and nothing behind it', () => {
  fc.assert(
    fc.property(cuts, (lengths) => {
      const blocking = eye({ action: { type: 'block', answer: 'error' } })
      const held = new HeldText([blocking], () => '')
      let shown = ''
      for (const piece of piecesOf('Please write to ana.lopez@example.com. Yours, B.', lengths)) {
        if (blocking.blocks) break
        shown += held.push(piece)
      }
      if (!blocking.blocks) shown += held.end()
      expect('Please write to ').toStartWith(shown)
      expect(blocking.blocks).toBe(true)
    }),
  )
})

test('a place in the text as it was said is found in the text as it was shown', () => {
  const held = new HeldText([eye()], () => '<E>')
  const said = 'Ask ana.lopez@example.com or b@example.org today, please.'
  const shown = held.push(said) + held.end()
  expect(shown).toBe('Ask <E> or <E> today, please.')
  for (const word of ['Ask', 'or', 'today', 'please'])
    expect(held.shownAt(said.indexOf(word))).toBe(shown.indexOf(word))
})

test.each([
  ['password: ', 'x1', 16_384, 1],
  ['Bearer ', 'ab', 16_384, 1],
  ['https://', 'a:', 16_384, 1],
  ['', '1.', 16_384, 1],
  ['', '12-', 16_384, 1],
  ['', 'eyJ', 16_384, 1],
  ['', btoa('The weather is fine today. '), 65_536, 4],
  [
    '-----BEGIN PRIVATE KEY-----',
    String.raw`\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ`,
    65_536,
    4,
  ],
])('no stream takes long: %p and %p without end', (begin, again, characters, piece) => {
  const text = begin + again.repeat(characters / again.length)
  const held = new HeldText([eye()], (_value, place) => mark(place))
  const cpuMs = cpuMsOf(() => {
    for (let at = 0; at < text.length; at += piece) held.push(text.slice(at, at + piece))
  })
  expect(cpuMs).toBeLessThan(700)
})
