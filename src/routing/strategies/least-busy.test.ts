import { expect, test } from 'bun:test'
import type { TargetLoad } from '../../exchange/load-view.ts'
import { rankSample } from './rank-sample.fixture.ts'

const rank = (loads: Readonly<Record<string, Partial<TargetLoad>>>, weights?: readonly number[]) =>
  rankSample('least-busy', { targets: ['one/a', 'two/b', 'three/c'], loads, ...(weights && { weights }) })

test('the fewest calls under way come first, and the decision shows them', () => {
  const ranked = rank({ 'one/a': { inFlight: 7 }, 'two/b': { inFlight: 2 }, 'three/c': { inFlight: 4 } })
  expect(ranked).toEqual(['two/b 2 under way', 'three/c 4 under way', 'one/a 7 under way'])
})

test('a weight is how much one can take, and who has none comes last', () => {
  const busy = { 'one/a': { inFlight: 5 }, 'two/b': { inFlight: 2 } }
  expect(rank(busy, [3, 1, 0])).toEqual(['one/a 5 under way', 'two/b 2 under way', 'three/c 0 under way'])
})

test('who fails at once has nothing under way and is not given everything for that', () => {
  const loads = { 'one/a': { errorShare: 0.8 }, 'two/b': { inFlight: 3 }, 'three/c': { inFlight: 9 } }
  expect(rank(loads)).toEqual(['two/b 3 under way', 'one/a 0 under way, 80 % failed', 'three/c 9 under way'])
})

test('who has just come back from a rest is given less than his share', () => {
  const loads = { 'one/a': { warmth: 0.1 }, 'two/b': { inFlight: 3 }, 'three/c': { inFlight: 30 } }
  expect(rank(loads)[0]).toBe('two/b 3 under way')
})

test('where all have the same each is as likely to be first', () => {
  const firsts = new Map<string, number>()
  for (let seed = 0; seed < 150; seed += 1) {
    const [first = ''] = rankSample('least-busy', { targets: ['one/a', 'two/b', 'three/c'], loads: {}, seed })
    firsts.set(first, (firsts.get(first) ?? 0) + 1)
  }
  expect(firsts.size).toBe(3)
  expect(Math.min(...firsts.values())).toBeGreaterThan(30)
})
