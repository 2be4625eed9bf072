import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { hmacSha256Hex } from '../kit/hash.ts'
import { createSeededRandom, systemRandom } from '../kit/random.ts'
import { mintKey, parseKey } from './virtual-key.ts'

const hmac = (secret: string): string => hmacSha256Hex('pepper', secret)

describe('virtual keys', () => {
  test('a minted key parses back to its parts', () => {
    const minted = mintKey({ environment: 'live', random: systemRandom, hmac })
    const text = minted.text.reveal()
    expect(text).toMatch(/^gh_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/)
    const parsed = parseKey(text)
    expect(parsed?.environment).toBe('live')
    expect(parsed?.id).toBe(minted.id)
    expect(hmac(parsed?.secret ?? '')).toBe(minted.secretHmac)
  })

  test('the text is a secret that does not print', () => {
    const { text } = mintKey({ environment: 'test', random: systemRandom, hmac })
    expect(`${String(text)} ${JSON.stringify({ text })}`).not.toContain('gh_')
  })

  test('a key that lost, gained or changed a character does not parse', () => {
    const text = mintKey({ environment: 'live', random: createSeededRandom(5), hmac }).text.reveal()
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('', 'x', 'Y', '_', '0'), (at, put) => {
        const changed = text.slice(0, at) + put + text.slice(at + 1)
        if (changed !== text) expect(parseKey(changed)).toBeUndefined()
      }),
    )
    expect(parseKey(`${text}x`)).toBeUndefined()
    expect(parseKey(` ${text}`)).toBeUndefined()
  })

  test('every character is about as likely as the others', () => {
    const counts = new Map<string, number>()
    const random = createSeededRandom(9)
    for (let round = 0; round < 400; round += 1) {
      const secret = parseKey(mintKey({ environment: 'e', random, hmac }).text.reveal())?.secret ?? ''
      for (const character of secret) counts.set(character, (counts.get(character) ?? 0) + 1)
    }
    const expected = (400 * 43) / 62
    expect(counts.size).toBe(62)
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(expected * 0.3)
  })

  test('an environment is a short lower-case word', () => {
    for (const environment of ['', 'Live', 'a_b', 'x'.repeat(17)]) {
      expect(() => mintKey({ environment, random: systemRandom, hmac })).toThrow(RangeError)
    }
  })
})
