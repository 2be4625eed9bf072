import { describe, expect, test } from 'bun:test'
import { NO_FEATURES } from '../../exchange/features.ts'
import type { TargetLoad } from '../../exchange/load-view.ts'
import { STRATEGIES } from './all.ts'
import { rankSample } from './rank-sample.fixture.ts'

const TARGETS = ['one/a', 'two/b', 'three/c']
const rank = (loads: Readonly<Record<string, Partial<TargetLoad>>>, seed = 1) =>
  rankSample('headroom', { targets: TARGETS, loads, seed })

describe('by headroom', () => {
  test('who has more left is drawn more often, and the decision shows how much', () => {
    const loads = { 'one/a': { headroom: 0.9 }, 'two/b': { headroom: 0.8 }, 'three/c': { headroom: 0.3 } }
    const firsts: string[] = []
    for (let seed = 0; seed < 200; seed += 1) firsts.push(rank(loads, seed)[0] ?? '')
    const count = (line: string): number => firsts.filter((one) => one === line).length
    expect(count('one/a 90 % left')).toBeGreaterThan(110)
    expect(count('two/b 80 % left')).toBeGreaterThan(30)
    expect(count('three/c 30 % left')).toBeLessThan(5)
  })

  test('who is about to refuse is passed by while there is another, and the one with more left follows first', () => {
    const loads = { 'one/a': { headroom: 0.04 }, 'two/b': { headroom: 0.2 }, 'three/c': { headroom: 0.08 } }
    for (let seed = 0; seed < 30; seed += 1)
      expect(rank(loads, seed)).toEqual(['two/b 20 % left', 'three/c 8 % left', 'one/a 4 % left'])
  })

  test('who has fewer tokens left than the request takes is passed by, however many that are', () => {
    const question = { features: { ...NO_FEATURES, inputTokens: 50_000 } }
    const loads = {
      'one/a': { headroom: 0.5, tokensLeft: 50_000 },
      'two/b': { headroom: 0.2, tokensLeft: 90_000 },
    }
    expect(rankSample('headroom', { targets: ['one/a', 'two/b'], loads, question })).toEqual([
      'two/b 20 % left',
      'one/a 50 % left, only 50000 tokens',
    ])
  })

  test('a limit that nobody knows of is none', () => {
    expect(rank({ 'one/a': { headroom: 0.05 }, 'two/b': { headroom: 0.02 } })[0]).toBe(
      'three/c no limit known',
    )
  })

  test('in order, the first that has more than the reserve is asked', () => {
    const strategy = STRATEGIES.find(({ name }) => name === 'headroom')
    const ranking = strategy?.schema.parse({ prefer: 'order', reserve: 25 })
    const loads = { 'one/a': { headroom: 0.2 }, 'two/b': { headroom: 0.3 }, 'three/c': { headroom: 1 } }
    const order = rankSample(ranking ?? '', { targets: TARGETS, loads })
    expect(order).toEqual(['two/b 30 % left', 'three/c 100 % left', 'one/a 20 % left'])
  })
})
