import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { NO_LOADS } from '../../exchange/load-view.ts'
import type { Route } from '../../exchange/route.ts'
import { RoutePasts } from '../route-pasts.ts'
import { sampleRanking, sampleRoute, sampleTarget } from '../samples.fixture.ts'
import { rankSample } from './rank-sample.fixture.ts'

function weightedRoute(weights: readonly number[]): Route {
  const targets = weights.map((weight, index) => ({ weight, target: sampleTarget(`p/${index}`) }))
  return { ...sampleRoute([], { ranking: sampleRanking('weighted') }), targets }
}

/** Lets a route choose again and again among its targets, or some of them; gives the positions of those chosen. */
function createPicks(route: Route) {
  const pasts = new RoutePasts()
  return (count: number, eligible = route.targets): readonly number[] =>
    Array.from({ length: count }, () => {
      const ids = rankSample('weighted', {
        targets: eligible.map(({ target }) => target),
        weights: eligible.map(({ weight }) => weight),
        loads: {},
        question: { load: pasts.on(route, NO_LOADS) },
      }).map((line) => line.split(' ')[0] ?? '')
      pasts.note(
        route,
        ids.flatMap((id) => {
          const target = route.targets.find((one) => one.target.id === id)?.target
          return target === undefined ? [] : [{ target, lastResort: false }]
        }),
      )
      return Number(ids[0]?.slice(2))
    })
}

const countOf = (picks: readonly number[], target: number): number =>
  picks.filter((one) => one === target).length

describe('a weighted route', () => {
  test('gives every target its exact share of a thousand, without bursts', () => {
    const picks = createPicks(weightedRoute([70, 25, 5, 0]))(1_000)
    expect([0, 1, 2, 3].map((target) => countOf(picks, target))).toEqual([700, 250, 50, 0])
    expect(picks.slice(0, 10)).toEqual([0, 1, 0, 0, 0, 1, 0, 0, 2, 0])
    const last = picks.lastIndexOf(2)
    expect(last).toBeGreaterThan(980)
  })

  test('whatever the weights, nobody is ever a whole request away from his share but for those of the others', () => {
    const weights = fc.array(fc.nat({ max: 50 }), { minLength: 2, maxLength: 5 })
    fc.assert(
      fc.property(
        weights.filter((all) => all.some((one) => one > 0)),
        (all) => {
          const total = all.reduce((sum, one) => sum + one, 0)
          const picks = createPicks(weightedRoute(all))(2 * total)
          for (const [target, weight] of all.entries()) {
            expect(countOf(picks, target)).toBe(2 * weight)
            expect(Math.abs(countOf(picks.slice(0, total), target) - weight)).toBe(0)
          }
        },
      ),
      { numRuns: 30 },
    )
  })

  test('while one is left out its share goes to the others by their weights, and it is owed nothing when it is back', () => {
    const route = weightedRoute([50, 30, 20])
    const pick = createPicks(route)
    pick(100)
    const without = pick(100, route.targets.slice(1))
    expect([1, 2].map((target) => countOf(without, target))).toEqual([60, 40])
    const after = pick(100)
    expect(Math.abs(countOf(after, 0) - 50)).toBeLessThanOrEqual(1)
  })

  test('shows the weight of each, and who has none comes last', () => {
    expect(rankSample('weighted', { targets: ['p/0', 'p/1', 'p/2'], weights: [1, 0, 3], loads: {} })).toEqual(
      ['p/2 3 of 4', 'p/0 1 of 4', 'p/1 0 of 4'],
    )
  })
})

test('routes that remember nothing leave nothing behind, and plans do not share what they chose', () => {
  const pasts = new RoutePasts()
  const ordered = sampleRoute([sampleTarget('p/0'), sampleTarget('p/1')])
  const [first] = ordered.targets
  if (first === undefined) throw new Error('there is one')
  pasts.note(ordered, [{ target: first.target, lastResort: false }])
  expect(pasts.on(ordered, NO_LOADS)).toBe(NO_LOADS)
  const [one, other] = [weightedRoute([1, 1]), weightedRoute([1, 1])]
  pasts.note(
    one,
    one.targets.map(({ target }) => ({ target, lastResort: false })),
  )
  expect([one, other].map((route) => pasts.on(route, NO_LOADS).of('p/0').owed)).toEqual([-1, undefined])
})
