import { expect, test } from 'bun:test'
import { cpuMsOf } from '../kit/cpu-time.fixture.ts'
import { createLinkLooker } from './look-for-links.ts'

const looker = createLinkLooker(['example.com', '*.example.org'])
const found = (text: string): string[] =>
  looker.look(text).map(({ start, end, name }) => `${name} ${text.slice(start, end)}`)

test.each([
  ['see https://example.com/a and https://docs.example.org', []],
  ['see https://example.com.evil.test/a', ['link https://example.com.evil.test/a']],
  ['https://example.com@evil.test/', ['link https://example.com@evil.test/']],
  ['HTTPS://EXAMPLE.COM:8443/x', []],
  ['![x](https://evil.test/p.png?q=secret)', ['image https://evil.test/p.png?q=secret']],
  ['![x](//evil.test/p.png)', ['image //evil.test/p.png']],
  ['[x](https://notexample.org)', ['link https://notexample.org']],
  ['a // comment, http: nothing', []],
])('%s', (text, expected) => {
  expect(found(text)).toEqual([...expected])
})

test('of a stream only what stands behind the last blank is held back', () => {
  expect(looker.settled?.('go to https://exa')).toBe(6)
  expect(looker.settled?.('done. ')).toBe(6)
})

test.each(['//', 'http://', '![', '](//', 'https://a'])('no text takes long: %j', (piece) => {
  expect(cpuMsOf(() => looker.look(piece.repeat(30_000)))).toBeLessThan(1_000)
})
