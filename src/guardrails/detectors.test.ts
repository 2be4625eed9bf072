import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { cpuMsOf } from '../kit/cpu-time.fixture.ts'
import { createDetectors } from './all.ts'
import { CORPUS } from './corpus.fixture.ts'
import { maskJson } from './mask-json.ts'
import { createMask } from './mask.ts'

const DETECTORS = createDetectors(['sk-', 'AIza'])
const mask = createMask(DETECTORS)
const masked = (text: string): string => mask(text, {})

/** By the name of a detector: what was masked of what should be, and what was masked that should not. */
function score() {
  const rows = new Map(DETECTORS.map(({ name }) => [name, { right: 0, missed: 0, wrong: 0 }]))
  for (const { text, holds } of CORPUS) {
    const counts: Record<string, number> = {}
    const shown = mask(text, counts)
    for (const [name, words] of holds) {
      const row = rows.get(name)
      if (row === undefined) throw new RangeError(name)
      if (shown.includes(words)) row.missed += 1
      else row.right += 1
      counts[name] = (counts[name] ?? 0) - 1
    }
    for (const [name, more] of Object.entries(counts))
      if (more > 0) (rows.get(name) ?? { wrong: 0 }).wrong += more
  }
  return rows
}

test('what is found in the corpus is what the page says', () => {
  const page = readFileSync('docs/content.md', 'utf8')
  const rows = [...score()].map(
    ([name, { right, missed, wrong }]) => `| \`${name}\` | ${right} of ${right + missed} | ${wrong} |`,
  )
  for (const row of rows) expect(page).toContain(row)
})

test('every detector is explained on the page', () => {
  const page = readFileSync('docs/content.md', 'utf8')
  for (const { name, says } of DETECTORS) expect(page).toContain(`| \`${name}\` | ${says} |`)
})

describe('what is masked', () => {
  test.each([
    ['the whole of it, once', 'a@example.com b@example.com', '[email] [email]'],
    [
      'of two that overlap the longer',
      'postgres://bob:pw@203.0.113.77/x',
      'postgres://[credentials]@[ip-address]/x',
    ],
    [
      'behind escapes of JSON',
      String.raw`{\"to\":\"ana\u0040example.com\"}`,
      String.raw`{\"to\":\"[email]\"}`,
    ],
    ['in base64', `see ${btoa('write to ana@example.com today')} there`, 'see [email] there'],
  ])('%s', (_what, text, shown) => {
    expect(masked(text)).toBe(shown)
  })

  test('names of members and long numbers of JSON', () => {
    const value = { 'ana@example.com': [4111111111111111, 12, null, true], text: 'quiet' }
    expect(maskJson(value, mask, {})).toEqual({ '[email]': ['[card]', 12, null, true], text: 'quiet' })
  })

  test('is counted by name', () => {
    const counts = {}
    mask('a@example.com, b@example.com and +49 30 12345678', counts)
    expect(counts).toEqual({ email: 2, phone: 1 })
  })
})

test.each([
  'eyJ',
  '@',
  '1',
  '1 ',
  'a:',
  '://',
  '-----BEGIN ',
  'sk-1a',
  '0 ',
  '(',
  '1.',
  'aa',
  'password: ',
  'DE89 ',
  'A1',
])('no text takes long, whatever stands in it: %j', (piece) => {
  const text = piece.repeat(160_000 / piece.length)
  expect(cpuMsOf(() => masked(text))).toBeLessThan(500)
})
