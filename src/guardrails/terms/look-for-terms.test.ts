import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { cpuMsOf } from '../../kit/cpu-time.fixture.ts'
import { Eye } from '../eye.ts'
import { HeldText } from '../held-text.ts'
import { replaceFound } from '../replace-found.ts'
import { TermLooker } from './look-for-terms.ts'

const looking = (words: readonly string[], evasions = false): TermLooker =>
  new TermLooker({ words, evasions })

const WORDS = ['Bluebird', 'black swan', 'C++', '.NET', 'größe', '青鳥', 'a1', 'Bluebird Two', 'fail', '🔫']
const found = (text: string, evasions = false): string[] =>
  looking(WORDS, evasions)
    .look(text)
    .map(({ start, end }) => text.slice(start, end))
    .toSorted()

describe('terms are found as whole words, however they are written', () => {
  test.each([
    ['the bluebird sings', ['bluebird']],
    ['BLUEBIRD', ['BLUEBIRD']],
    ['bluebirds and abluebird', []],
    ['#bluebird, @Bluebird: bluebird_x, Bluebird™', ['Bluebird', 'Bluebird', 'bluebird', 'bluebird']],
    ['ｂｌｕｅｂｉｒｄ', ['ｂｌｕｅｂｉｒｄ']],
    ['𝐁𝐥𝐮𝐞𝐛𝐢𝐫𝐝!', ['𝐁𝐥𝐮𝐞𝐛𝐢𝐫𝐝']],
    ['Blu\u00ADe\u200Bbird', ['Blu\u00ADe\u200Bbird']],
    ['b\u0301luebi\u0308rd', ['b\u0301luebi\u0308rd']],
    ['the Black-Swan, black\n  swan, black, swan', ['Black-Swan', 'black\n  swan', 'black, swan']],
    ['black and swan', []],
    ['we use C++ and c, .net and net', ['.net', 'C++'].toSorted()],
    ['die GRÖSSE, die Grosse', ['GRÖSSE', 'Grosse']],
    ['我們的青鳥計劃', ['青鳥']],
    ['Bluebird two', ['Bluebird', 'Bluebird two']],
    ['A1 a2', ['A1']],
    ['no 🔫 here', ['🔫']],
    ['fall', []],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected.toSorted())
  })

  test('look-alikes, digits and letters that stand apart only where it is wished', () => {
    for (const [text, what] of [
      ['the Вluеbird', 'Вluеbird'],
      ['see b1u3b1rd!', 'b1u3b1rd'],
      ['B l u e b i r d now', 'B l u e b i r d'],
      ['a B.l.u.e.b.i.r.d s', 'B.l.u.e.b.i.r.d'],
      ['b l a c k  s w a n', 'b l a c k  s w a n'],
      ['blueb!rd', 'blueb!rd'],
      ['Β​l​u​e​b​i​r​d', 'Β​l​u​e​b​i​r​d'],
    ] as const) {
      expect(found(text)).toEqual([])
      expect(found(text, true)).toEqual([what])
    }
  })

  test.each(['fall', 'a b c d e', 'the price is 100 or 1,337', 'bluebird@example.com'])(
    'and no more than what is meant for them: %s',
    (text) => {
      expect(found(text, true)).toEqual(found(text))
    },
  )
})

/** Pieces that terms are written with, and what may come between. */
const texts = fc
  .array(
    fc.constantFrom(
      'Blue',
      'bird',
      'black',
      'swan',
      ' ',
      '-',
      'C',
      '+',
      '++',
      '.',
      'NET',
      'two',
      'B l u e b i r d',
      'x',
      'é',
      'e\u0301',
      '\u200B',
      '青',
      '鳥',
      '𝐁',
      'luebird',
      '!',
      '@',
      '1',
      '\n\n',
      ', ',
      '🔫',
      '          ',
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''))

test.each([false, true])(
  'what is settled is found already, whatever comes behind it (evasions: %p)',
  (evasions) => {
    const looker = looking(WORDS, evasions)
    fc.assert(
      fc.property(texts, texts, (text, more) => {
        const settled = looker.settled(text)
        const before = looker.look(text).filter(({ start }) => start < settled)
        const after = looker.look(text + more).filter(({ start }) => start < settled)
        expect(after).toEqual(before)
      }),
      { numRuns: 500 },
    )
  },
)

test('a word like which no term begins is not held back, and one is no longer than it may become a term', () => {
  const looker = looking(WORDS)
  expect(looker.settled('what a day')).toBe(10)
  expect(looker.settled('what a blue')).toBe(7)
  expect(looker.settled('what a blueish')).toBe(14)
  expect(looker.settled('what a black')).toBe(7)
  expect(looker.settled('what a black swan. ')).toBe(19)
})

test('a million terms are ready in seconds and found at once', () => {
  const words = Array.from({ length: 1_000_000 }, (_, index) => `word${index} item`)
  let looker: TermLooker | undefined
  expect(cpuMsOf(() => (looker = looking(words)))).toBeLessThan(10_000)
  const text = `${'nothing of it stands here, word1 '.repeat(300)}word999999 item word1000000 item`
  let many: readonly unknown[] = []
  expect(cpuMsOf(() => (many = looker?.look(text) ?? []))).toBeLessThan(50)
  expect(many).toHaveLength(1)
}, 60_000)

test.each(['a ', 'B', 'B l u e b i ', '\u0301', '\u200B', '𝐁', '\uD835', '각', '@', 'a@', '青', '🔫', 'ﷺ'])(
  'no text takes long, whatever stands in it: %j',
  (piece) => {
    const looker = looking(WORDS, true)
    const text = piece.repeat(100_000 / piece.length)
    expect(cpuMsOf(() => looker.look(text))).toBeLessThan(500)
    expect(cpuMsOf(() => looker.settled(text))).toBeLessThan(500)
  },
)

describe('a term is told in no stream, however it is stretched', () => {
  const marks = fc.constantFrom('', '\u0301', '\u200B', '\u00AD', '\u{E0061}', '\u202E')
  const gaps = fc.constantFrom('', ' ', '-', '\n', ' \u200B ')
  const stretch = fc.record({
    mark: marks,
    times: fc.nat({ max: 70 }),
    gap: gaps,
    gapTimes: fc.nat({ max: 9 }),
  })
  const terms = ['bluebird', 'black swan', 'C++', '青鳥', '🔫', '.NET']
  const stretched = fc
    .tuple(fc.constantFrom(...terms), fc.array(stretch, { minLength: 1, maxLength: 5 }), fc.boolean())
    .map(([term, all, isApart]) =>
      Array.from(term, (letter, at) => {
        const { mark, times, gap, gapTimes } = all[at % all.length] ?? {
          mark: '',
          times: 0,
          gap: '',
          gapTimes: 0,
        }
        return letter + mark.repeat(times) + (isApart || letter === ' ' ? gap.repeat(gapTimes) : '')
      }).join(''),
    )
  const parts = fc.oneof(
    { weight: 3, arbitrary: stretched },
    fc.constantFrom(' ', 'x', 'see ', ' blue', '\uD83D', '\u200B'.repeat(130), 'b'.repeat(300)),
  )
  const texts = fc.array(parts, { maxLength: 6 }).map((all) => all.join(''))
  const lengths = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 })

  test.each([false, true])('evasions: %p', (evasions) => {
    const looker = new TermLooker({ words: terms, evasions })
    fc.assert(
      fc.property(texts, lengths, (text, cuts) => {
        expect(streamed(looker, text, cuts)).toBe(replaceFound(text, looker.look(text), () => '<>'))
      }),
      { numRuns: 400 },
    )
  })

  test('marks without end neither hide the word behind them nor keep what stands before them', () => {
    const looker = new TermLooker({ words: terms, evasions: true })
    const text = `b${'\u0301'.repeat(20_000)}bluebird`
    expect(streamed(looker, text, [7])).toBe(`b${'\u0301'.repeat(20_000)}<>`)
    expect(looker.settled(`b${'\u0301'.repeat(100)}`)).toBe(101)
  })
})

function streamed(looker: TermLooker, text: string, lengths: readonly number[]): string {
  const guardrail = {
    name: 'words',
    kind: 'terms',
    phases: ['output'],
    looker,
    action: { type: 'mask', restore: false },
    isShadow: false,
    budgetMs: 1e9,
    onError: 'block',
  } as const
  const eye = new Eye(guardrail, 'output', { elapsedMs: () => 0, onDefect() {} })
  const held = new HeldText([eye], () => '<>')
  let shown = ''
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1
    shown += held.push(text.slice(at, at + length))
    at += length
  }
  return shown + held.end()
}
