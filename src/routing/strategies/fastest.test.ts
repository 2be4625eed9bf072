import { describe, expect, test } from 'bun:test'
import type { TargetLoad } from '../../exchange/load-view.ts'
import { rankSample } from './rank-sample.fixture.ts'

const AWAKE = { quietMs: 0 }
const quick = { ...AWAKE, firstTokenMs: 200, perTokenMs: 10 }
const slow = { ...AWAKE, firstTokenMs: 900, perTokenMs: 30 }

type Loads = Readonly<Record<string, Partial<TargetLoad>>>

const TARGETS = ['one/a', 'two/b', 'three/c']
const rank = (loads: Loads, targets: readonly string[] = TARGETS, seed = 1) =>
  rankSample('fastest', { targets, loads, seed })

/** How often each is first. */
function firsts(
  loads: Loads,
  targets: readonly string[] = TARGETS,
  rounds = 400,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (let seed = 0; seed < rounds; seed += 1) {
    const first = rank(loads, targets, seed)[0]?.split(' ')[0] ?? ''
    counts.set(first, (counts.get(first) ?? 0) + 1)
  }
  return counts
}

describe('the fastest', () => {
  test('is the one that is expected to answer soonest, and the decision shows what of', () => {
    const loads = { 'one/a': slow, 'two/b': quick, 'three/c': { ...slow, perTokenMs: 50, outputTokens: 300 } }
    expect(rank(loads)).toEqual(['two/b 3.20 s × 1', 'one/a 9.90 s × 1', 'three/c 16 s × 1'])
  })

  test('is not the one with the most calls under way', () => {
    expect(rank({ 'one/a': slow, 'two/b': { ...quick, inFlight: 5 }, 'three/c': slow }).at(-1)).toContain(
      'two/b',
    )
  })

  test('is not the one that fails at once', () => {
    const failing = { ...AWAKE, firstTokenMs: 20, perTokenMs: 1, errorShare: 1 }
    const loads = { 'one/a': { ...failing, firstTokenMs: 2_000 }, 'two/b': quick, 'three/c': slow }
    expect(rank(loads)).toContain('one/a 2.50 s × 1, 100 % failed')
    expect(rank(loads)[0]).toContain('two/b')
  })

  test('is drawn among those that are about as fast, so that none of them gets everything', () => {
    const loads = { 'one/a': quick, 'two/b': { ...quick, firstTokenMs: 260 }, 'three/c': slow }
    const counts = firsts(loads)
    expect(counts.get('one/a')).toBeGreaterThan(150)
    expect(counts.get('two/b')).toBeGreaterThan(150)
    expect(counts.get('three/c')).toBeUndefined()
  })

  test('who was never seen is held for the middle of the others, not for the best and not for the worst', () => {
    const loads = { 'one/a': quick, 'two/b': slow, 'three/c': { ...slow, firstTokenMs: 5_000 }, 'four/d': {} }
    const order = rank(loads, [...TARGETS, 'four/d'], 1).map((line) => line.split(' ')[0])
    expect(order.slice(0, 1)).toEqual(['one/a'])
    expect(order.at(-1)).toBe('three/c')
  })

  test('who has not answered for a minute is asked now and then, and nobody else is', () => {
    const loads = {
      'one/a': quick,
      'two/b': { ...slow, quietMs: 90_000 },
      'three/c': { ...slow, quietMs: 30_000 },
    }
    const counts = firsts(loads, TARGETS, 2_000)
    expect(counts.get('two/b')).toBeGreaterThan(8)
    expect(counts.get('two/b')).toBeLessThan(45)
    expect(counts.get('three/c')).toBeUndefined()
  })

  test('of many targets two are drawn and the better is taken; all others follow', () => {
    const many = Array.from({ length: 20 }, (_, index) => `p/${index}`)
    const loads: Loads = Object.fromEntries(many.map((id, index) => [id, index < 10 ? quick : slow]))
    let fast = 0
    for (let seed = 0; seed < 200; seed += 1) {
      const order = rank(loads, many, seed).map((line) => line.split(' ')[0] ?? '')
      expect(order.toSorted()).toEqual(many.toSorted())
      if (Number(order[0]?.slice(2)) < 10) fast += 1
    }
    // One of two is quick in three of four draws.
    expect(fast / 200).toBeGreaterThan(0.65)
    expect(fast / 200).toBeLessThan(0.85)
  })

  test('one target alone is what it is', () => {
    expect(rank({}, ['one/a'])).toEqual(['one/a'])
  })
})
