import { expect, test } from 'bun:test'
import { cpuMsOf } from '../kit/cpu-time.fixture.ts'
import { compilePattern } from '../kit/pattern.ts'
import { createPatternLooker, literalLead } from './look-for-patterns.ts'

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

test.each([
  ['ORD-\\d+', 'ORD-'],
  ['ORDS?\\d', 'ORD'],
  ['a|b', ''],
  ['(?i)abc', ''],
  ['\\bTCK+', 'TCK'],
  ['[a-z]x', ''],
])('the beginning of %s is %j', (source, lead) => {
  expect(literalLead(source)).toBe(lead)
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
