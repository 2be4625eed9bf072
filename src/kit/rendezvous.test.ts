import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { hashText, rendezvousScore, toUnit } from './rendezvous.ts'

const KEYS = 2_000

/** The member that a key belongs to. */
function memberOf(key: string, members: Readonly<Record<string, number>>): string {
  const hash = hashText(key)
  const scored = Object.entries(members).map(
    ([name, weight]) => [rendezvousScore(hash, name, weight), name] as const,
  )
  return scored.toSorted(([left], [right]) => left - right)[0]?.[1] ?? ''
}

const keys = Array.from({ length: KEYS }, (_, index) => `session-${index}`)
const even = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 1]))

describe('rendezvous', () => {
  test('keys belong where they always did: an upgrade moves nobody', () => {
    const members = { 'eu-1/m': 1, 'eu-2/m': 1, 'us-1/m': 2 }
    const met = keys.slice(0, 12).map((key) => memberOf(key, members))
    expect(met.join(' ')).toBe(
      'us-1/m eu-2/m us-1/m eu-2/m us-1/m us-1/m us-1/m us-1/m us-1/m us-1/m eu-1/m eu-1/m',
    )
  })

  test('every member gets the share of its weight, one without a weight nothing', () => {
    const members = { a: 1, b: 2, c: 5, d: 0 }
    const shares = Object.groupBy(keys, (key) => memberOf(key, members))
    expect((shares['a']?.length ?? 0) / KEYS).toBeCloseTo(1 / 8, 1)
    expect((shares['b']?.length ?? 0) / KEYS).toBeCloseTo(2 / 8, 1)
    expect((shares['c']?.length ?? 0) / KEYS).toBeCloseTo(5 / 8, 1)
    expect(shares['d']).toBeUndefined()
  })

  test('a member that comes takes about 1/N of the keys and moves none between the others', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 9 }),
        ([added = '', ...before]) => {
          const after = [...before, added]
          const some = keys.slice(0, 300)
          const moved = some.filter((key) => memberOf(key, even(before)) !== memberOf(key, even(after)))
          expect(moved.every((key) => memberOf(key, even(after)) === added)).toBe(true)
          // Five standard deviations of a binomial above its mean.
          const share = 1 / after.length
          expect(moved.length / some.length).toBeLessThan(
            share + 5 * Math.sqrt((share * (1 - share)) / some.length),
          )
        },
      ),
      { numRuns: 10 },
    )
  })

  test('a mixed hash is evenly spread, also of names that hardly differ', () => {
    const buckets = Array.from({ length: 10 }, () => 0)
    for (const key of keys) {
      const bucket = Math.floor(toUnit(hashText(key)) * 10)
      buckets[bucket] = (buckets[bucket] ?? 0) + 1
    }
    expect(Math.min(...buckets)).toBeGreaterThan(KEYS / 10 - 60)
    expect(Math.max(...buckets)).toBeLessThan(KEYS / 10 + 60)
  })
})
