import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { cpuMsOf } from '../kit/cpu-time.fixture.ts'
import { compilePattern } from '../kit/pattern.ts'
import { createPatternLooker } from './look-for-patterns.ts'
import { beginsOf } from './pattern-begin.ts'

function looking(sources: Readonly<Record<string, string>>) {
  return createPatternLooker(
    Object.entries(sources).map(([name, source]) => {
      const pattern = compilePattern(source)
      if ('wrong' in pattern) throw new RangeError(pattern.wrong)
      return { name, source, pattern, reach: 256 }
    }),
  )
}

test('each pattern is found by its name, those with words and those without', () => {
  const looker = looking({
    ORDER: String.raw`ORD-\d{8}`,
    PLATE: String.raw`\b[A-Z]{2}\d{6}\b`,
    INVOICE: String.raw`(?i)invoice\s+#?\d+`,
    EITHER: 'left|right',
  })
  const text = 'ORD-12345678 of XY123456, Invoice #77, ORD-1, and right behind it'
  const found = looker.look(text).map(({ start, end, name }) => `${name} ${text.slice(start, end)}`)
  expect(found.toSorted()).toEqual([
    'EITHER right',
    'INVOICE Invoice #77',
    'ORDER ORD-12345678',
    'PLATE XY123456',
  ])
})

test('what begins with a word of its own is held back only from there', () => {
  const looker = looking({ ORDER: String.raw`ORD-\d{8}`, TICKET: String.raw`\bTCK\d+` })
  expect(looker.settled?.('nothing of it here')).toBe(18)
  expect(looker.settled?.('it is OR')).toBe(6)
  expect(looker.settled?.('it is ORD-12')).toBe(6)
  expect(looking({ ANY: String.raw`\d+` }).settled?.('1'.repeat(300))).toBe(44)
})

/** Beginnings with their characters as they are, one of several as `?`. */
function shownBegins(source: string): string | undefined {
  const shown = beginsOf(source)?.map((begin) =>
    begin
      .map((atom) =>
        /^\\x..$/.test(atom) ? String.fromCharCode(Number(`0x${atom.slice(2)}`)) : atom === '\\b' ? '^' : '?',
      )
      .join(''),
  )
  return shown?.join(' ')
}

test.each([
  [String.raw`ORD-\d+`, 'ORD-?'],
  [String.raw`ORDS?\d`, 'ORD'],
  ['left|right', 'left right'],
  ['(?i)abc', '???'],
  [String.raw`\bTCK+`, '^TCK'],
  ['[a-z]x{3}y{2,}z', '?xxxyy'],
  [String.raw`(?:no|number)\. ?\d`, 'no. number.'],
  ['(?:a|b){2}c', 'a b'],
  [String.raw`a(?P<b>c|d(e|f)+)g`, 'ac ade adf'],
  [String.raw`\Qa.b\Ec|.d`, undefined],
  ['a*b', undefined],
  ['a(?i)b|c', undefined],
  [String.raw`\x{41}b`, undefined],
  ['[^a]b', undefined],
  ['é', undefined],
])('all that %s finds begins so: %p', (source, begins) => {
  expect(shownBegins(source)).toBe(begins)
})

const PARTS = [
  'a',
  'b',
  'K',
  's',
  '-',
  '1',
  ' ',
  String.raw`\.`,
  String.raw`\d`,
  String.raw`\w`,
  String.raw`\s`,
  String.raw`\b`,
  '[a-c]',
  '[^a]',
  '[ks]',
  '[[:alpha:]]',
  '.',
  '^',
  '$',
  '(?:a|b1)',
  '(k|s|)',
  '(?i:kS)',
  '(a)',
  '(?P<x>b)',
  '|',
  String.raw`\Qa.\E`,
  String.raw`\pL`,
  'é',
  '😀',
]
const TIMES = ['', '', '', '', '?', '*', '+', '{2}', '{0,2}', '{1,}', '+?']
const sources = fc
  .tuple(
    fc.constantFrom('', '', '(?i)', '(?s)'),
    fc.array(fc.tuple(fc.constantFrom(...PARTS), fc.constantFrom(...TIMES)), { minLength: 1, maxLength: 6 }),
  )
  .map(
    ([flags, parts]) => flags + parts.map(([part, times]) => (part === '|' ? part : part + times)).join(''),
  )
const written = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      'k',
      'K',
      's',
      'S',
      '\u212A',
      '\u017F',
      '1',
      '-',
      '.',
      ' ',
      '\n',
      'é',
      '😀',
      'a.',
      'b1',
      'ks',
    ),
    {
      maxLength: 14,
    },
  )
  .map((parts) => parts.join(''))

test('whatever a pattern is, nothing is missed that RE2 finds, and what is settled stays so', () => {
  fc.assert(
    fc.property(sources, sources, written, written, (one, other, text, more) => {
      const patterns = [one, other].flatMap((source) => {
        const pattern = compilePattern(source)
        return 'wrong' in pattern ? [] : [{ name: source, source, pattern, reach: 256 }]
      })
      if (patterns.length === 0) return
      const looker = createPatternLooker(patterns)
      const plain = patterns.flatMap(({ name, pattern }) =>
        pattern.find(text).map((place) => ({ ...place, name })),
      )
      const found = looker.look(text)
      expect(found).toHaveLength(plain.length)
      expect(found).toEqual(expect.arrayContaining(plain))
      const settled = looker.settled?.(text) ?? 0
      const later = patterns.flatMap(({ name, pattern }) =>
        pattern.find(text + more).map((place) => ({ ...place, name })),
      )
      const isSettled = ({ start }: { readonly start: number }): boolean => start < settled
      expect([text, more, later.filter(isSettled)]).toEqual([text, more, plain.filter(isSettled)])
    }),
    { numRuns: 500 },
  )
})

test('what is longer than its reach is left alone', () => {
  expect(looking({ LONG: '<.*>' }).look(`<${'x'.repeat(300)}>`)).toEqual([])
})

test.each([
  ['(a+)+$', 'a'],
  ['(a|aa)+b', 'a'],
  ['(.*,){8}x', ','],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'],
  ['(x+x+)+y', 'x'],
  ['\\s*\\n', ' '],
])('a pattern that takes others hours takes time linear in the text: %s', (source, piece) => {
  const looker = looking({ A: source })
  const text = `${piece.repeat(50_000)}!`
  expect(cpuMsOf(() => looker.look(text))).toBeLessThan(4_000)
})
