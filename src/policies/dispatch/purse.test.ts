import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { CostLimit } from '../../exchange/again.ts'
import { Trail } from '../../exchange/trail.ts'
import type { Target } from '../../exchange/target.ts'
import { sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import { routedExchange, sampleResult } from '../samples.fixture.ts'
import { Purse } from './purse.ts'

const NOW_MS = 1_767_225_600_000

/** What an attempt at a target costs at most: what its name says, whatever is asked. */
const priced = (index: number, nanoUsd: number | undefined): Target => {
  const name = `p${index}/m`
  const { price, ...unpriced } = sampleTarget(name)
  if (nanoUsd === undefined || price === undefined) return unpriced
  return { ...unpriced, price: { ...price, input: BigInt(nanoUsd) } }
}

function openPurse(targets: readonly Target[], terms: { cost?: CostLimit; maxAttempts?: number }) {
  const { cost, maxAttempts = 3 } = terms
  const route = {
    ...sampleRoute(targets, { maxAttempts }),
    ...(cost === undefined ? {} : { again: { cost } }),
  }
  const trail = new Trail()
  const exchange = { ...routedExchange(route, { trail, deadlineAtMs: NOW_MS + 1_000 }), route }
  const purse = new Purse({
    upperBound: ({ price }) => price.input,
    exchange,
    first: targets[0],
    clock: { nowMs: () => NOW_MS },
  })
  return { purse, trail }
}

const FIRST = priced(1, 100)
const SECOND = priced(2, 150)

describe('attempts', () => {
  test('end at the maximum of the route, which the decision says once', () => {
    const { purse, trail } = openPurse([FIRST, SECOND], { maxAttempts: 2 })
    expect(purse.grants(FIRST, 0)).toBe(true)
    expect(purse.grants(SECOND, 1)).toBe(true)
    purse.count()
    expect(purse.grants(SECOND, 1)).toBe(false)
    expect(purse.grants(SECOND, 1)).toBe(false)
    const targets = [{ target: 'p2/m', reason: 'beyond-purse', detail: '2 attempts' }] as const
    expect(trail.steps).toEqual([{ step: 'filter', targets }])
  })

  test('end at the maximum of the house, whatever the route says', () => {
    const { purse } = openPurse([FIRST], { maxAttempts: 1_000 })
    expect(purse.attemptsLeft(0)).toBe(10)
  })

  test('are given back where one is made again on a new connection', () => {
    const { purse } = openPurse([FIRST], { maxAttempts: 1 })
    purse.count()
    expect(purse.grants(FIRST, 0)).toBe(false)
    purse.uncount()
    expect(purse.grants(FIRST, 0)).toBe(true)
  })
})

describe('money', () => {
  const spend = (trail: Trail, costNanoUsd: bigint): void => trail.close(sampleResult({ costNanoUsd }))

  test('of a multiple is one of what the first may cost', async () => {
    const { purse, trail } = openPurse([FIRST, SECOND], { cost: { times: 2.5 } })
    spend(trail, 100n)
    expect(await purse.covers(SECOND, [])).toBe(true)
    spend(trail, 1n)
    expect(await purse.covers(SECOND, [])).toBe(false)
    const detail = 'needs $0.000000251 in all, of $0.00000025'
    expect(trail.steps.at(-1)).toMatchObject({
      targets: [{ target: 'p2/m', reason: 'beyond-purse', detail }],
    })
  })

  test('counts those under way by the most that they may cost', async () => {
    const { purse } = openPurse([FIRST, SECOND], { cost: { nanoUsd: 250n } })
    expect(await purse.covers(SECOND, [FIRST])).toBe(true)
    expect(await purse.covers(SECOND, [FIRST, FIRST])).toBe(false)
  })

  test('is not spent on what has no known price', async () => {
    const unpriced = priced(3, undefined)
    const { purse, trail } = openPurse([FIRST, unpriced], { cost: { times: 100 } })
    expect(await purse.covers(unpriced, [])).toBe(false)
    expect(trail.steps).toMatchObject([
      { targets: [{ reason: 'beyond-purse', detail: 'its price is not known' }] },
    ])
  })

  test('is not counted in multiples of a first target without a price', async () => {
    const { purse } = openPurse([priced(3, undefined), FIRST], { cost: { times: 1 } })
    expect(await purse.covers(FIRST, [])).toBe(true)
  })

  test('and attempts never go beyond the purse, whatever ends and begins when', () => {
    const move = fc.record({
      target: fc.nat(3),
      ends: fc.boolean(),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    const limits = fc.record({ nanoUsd: fc.nat(2_000), maxAttempts: fc.integer({ min: 1, max: 12 }) })
    const prices = fc.array(fc.nat(500), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(
        prices,
        limits,
        fc.array(move, { maxLength: 30 }),
        (costs, { nanoUsd, maxAttempts }, moves) => {
          const targets = costs.map((cost, index) => priced(index, cost))
          const { purse, trail } = openPurse(targets, { cost: { nanoUsd: BigInt(nanoUsd) }, maxAttempts })
          const running: Target[] = []
          let begun = 0
          for (const { target, ends, share } of moves) {
            const next = targets[target]
            const over = ends ? running.shift() : undefined
            if (over !== undefined) {
              purse.count()
              spend(trail, BigInt(Math.floor(Number(over.price?.input ?? 0n) * share)))
            }
            // The first is always made.
            if (next === undefined) continue
            if (begun > 0 && !(purse.grants(next, running.length) && purse.covers(next, running) === true))
              continue
            running.push(next)
            begun += 1
          }
          const openNanoUsd = running.reduce((sum, { price }) => sum + Number(price?.input ?? 0n), 0)
          const first = targets[moves[0]?.target ?? 0]
          expect(begun).toBeLessThanOrEqual(Math.min(maxAttempts, 10))
          expect(Number(trail.chargedNanoUsd()) + openNanoUsd).toBeLessThanOrEqual(
            Math.max(nanoUsd, Number(first?.price?.input ?? 0n)),
          )
        },
      ),
    )
  })
})
