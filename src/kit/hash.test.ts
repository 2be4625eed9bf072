import { describe, expect, test } from 'bun:test'
import {
  crc32,
  createHmacSha256Hex,
  hmacSha256Hex,
  randomBase62,
  sha256Hex,
  timingSafeEqualHex,
  toBase62,
} from './hash.ts'
import { createSeededRandom, systemRandom } from './random.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

test('SHA-256 agrees with the example of FIPS 180-4, for text and bytes', () => {
  const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  expect(sha256Hex('abc')).toBe(digest)
  expect(sha256Hex(bytes('abc'))).toBe(digest)
  expect(sha256Hex('ü')).toBe(sha256Hex(bytes('ü')))
})

test('HMAC-SHA-256 agrees with RFC 4231, cases 1 and 2', () => {
  expect(hmacSha256Hex(new Uint8Array(20).fill(0x0b), 'Hi There')).toBe(
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  )
  expect(hmacSha256Hex('Jefe', 'what do ya want for nothing?')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
})

test('HMAC-SHA-256 under a key taken in once is the same, time after time', () => {
  const underPepper = createHmacSha256Hex('pepper')
  for (const text of ['one', 'two', 'one']) expect(underPepper(text)).toBe(hmacSha256Hex('pepper', text))
})

test('CRC-32 agrees with its check value and is unsigned', () => {
  expect(crc32('123456789')).toBe(0xcbf43926)
  expect(crc32(bytes('123456789'))).toBe(0xcbf43926)
  expect(crc32('')).toBe(0)
})

test('comparing says equal only for equal texts, of whatever length', () => {
  expect(timingSafeEqualHex('ab12', 'ab12')).toBe(true)
  expect(timingSafeEqualHex('', '')).toBe(true)
  expect(timingSafeEqualHex('ab12', 'ab13')).toBe(false)
  expect(timingSafeEqualHex('ab12', 'ab1')).toBe(false)
  expect(timingSafeEqualHex('é', 'e')).toBe(false)
})

describe('base 62', () => {
  test('writes numbers padded, in an order that sorts', () => {
    expect(toBase62(0, 3)).toBe('000')
    expect(toBase62(61, 1)).toBe('z')
    expect(toBase62(62, 2)).toBe('10')
    expect(toBase62(0xffffffff, 6)).toBe('4gfFC3')
    const texts = [0, 9, 10, 35, 36, 61, 62, 3_843].map((value) => toBase62(value, 3))
    expect(texts).toEqual([...texts].sort())
  })

  test('refuses what it cannot write', () => {
    for (const value of [-1, 0.5, Number.NaN, Infinity, 2 ** 53])
      expect(() => toBase62(value, 20)).toThrow(RangeError)
    expect(() => toBase62(62, 1)).toThrow(RangeError)
  })

  test('draws every character, none more often than chance allows', () => {
    const text = randomBase62(createSeededRandom(7), 62_000)
    const counts = new Map<string, number>()
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
    expect(counts.size).toBe(62)
    // Expected 1000 each with a deviation of 31; six of those is a matter of never.
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(190)
  })

  test('draws exactly as many characters as wanted', () => {
    for (const length of [0, 1, 12, 40])
      expect(randomBase62(systemRandom, length)).toMatch(new RegExp(`^[0-9A-Za-z]{${length}}$`))
  })
})
