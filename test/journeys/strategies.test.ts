import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import { readDecision } from '../../src/exchange/decision-record.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import { readObjects, readString } from '../../src/kit/json.ts'
import { ask } from './asking.ts'
import { expectBill } from './expect-bill.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'

/*
 * Every strategy picks as it says, and the decision shows the numbers that it went by. Each route has its own two providers, since what was
 * measured of a target is known to all routes.
 */

const clock = createTickingClock(1_000)
let provider: SimulatedProvider
let house: House

const price = (input: number, output: number) => ({ price: { input, output } })
/** Two providers of a route, and two targets. */
const pair = (name: string): [string, string] => [`${name}-1/echo`, `${name}-2/echo`]
const ROUTES = ['weighted', 'cheapest', 'fastest', 'least-busy', 'headroom', 'best-of'] as const
const models = {
  ...Object.fromEntries(ROUTES.flatMap(pair).map((model) => [model, price(3, 7)])),
  'cheapest-1/echo': price(1, 100),
  'cheapest-2/echo': price(2, 2),
  'best-of-1/echo': price(9, 9),
  'best-of-2/echo': price(1, 1),
}

beforeAll(async () => {
  provider = await openTestProvider(DIALECTS)
  const entry = (changes = {}) => providerEntry(provider.url, changes)
  const keys = (rpm: number) => ({ keys: [{ name: 'main', value: 'env:PROVIDER_KEY', rpm }] })
  house = await openHouse({
    clock,
    provider,
    providers: () => ({
      ...Object.fromEntries(
        ROUTES.flatMap((name) => [`${name}-1`, `${name}-2`].map((one) => [one, entry()])),
      ),
      'headroom-1': entry(keys(4)),
      'headroom-2': entry(keys(100)),
    }),
    config: {
      models,
      routes: {
        weighted: {
          strategy: 'weighted',
          targets: pair('weighted').map((model, index) => ({ model, weight: 3 - 2 * index })),
        },
        cheapest: { strategy: 'cheapest', targets: pair('cheapest') },
        fastest: { strategy: { fastest: { until: 'first-token', explore: 0 } }, targets: pair('fastest') },
        'least-busy': { strategy: 'least-busy', targets: pair('least-busy') },
        headroom: { strategy: { headroom: { prefer: 'order', reserve: 30 } }, targets: pair('headroom') },
        'best-of': { strategy: 'best-of', targets: pair('best-of') },
      },
    },
  })
})

afterAll(async () => {
  clock.start()
  await house.close()
  clock.stop()
  await provider.close()
})

/** Asks a route; gives who answered and how the decision tells it. */
async function meet(
  model: string,
): Promise<{ readonly by: string; readonly reason: string; readonly details: readonly string[] }> {
  const { status, headers } = await ask(house.url, {
    dialect: 'openai-chat',
    mode: 'unary',
    model,
    key: house.key(),
    text: 'Hello',
  })
  expect(status).toBe(200)
  const { decision } = await house.rowOf(headers.get('x-request-id') ?? '')
  const steps = readObjects(readDecision(decision ?? '') ?? {}, 'steps')
  const rank = steps.find((step) => step['step'] === 'rank') ?? {}
  return {
    by: headers.get('x-gatehouse-provider') ?? '',
    reason: readString(rank, 'reason') ?? '',
    details: readObjects(rank, 'targets').map((target) => readString(target, 'detail') ?? ''),
  }
}

const times = async (count: number, model: string) => {
  const met = []
  for (let turn = 0; turn < count; turn += 1) met.push(await meet(model))
  return met
}

describe('through the whole house', () => {
  test('weighted gives each its exact share, in turn', async () => {
    const met = await times(8, 'weighted')
    expect(met.filter(({ by }) => by === 'weighted-1')).toHaveLength(6)
    expect(met[0]).toEqual({ by: 'weighted-1', reason: 'weighted-turn', details: ['3 of 4', '1 of 4'] })
  })

  test('cheapest goes by what an answer will cost, and by its measured length once there were some', async () => {
    const [first, second] = await times(2, 'cheapest')
    expect(first).toMatchObject({ by: 'cheapest-2', reason: 'cheapest' })
    expect(first?.details[0]).toMatch(/^\$0\.000\d+: \d+ in, 64 out$/)
    expect(second?.details[0]).toMatch(/^\$0\.0000\d+: \d+ in, \d out$/)
  })

  test('fastest and least-busy show times and calls under way', async () => {
    const [, fast] = await times(2, 'fastest')
    expect(fast?.reason).toBe('fastest')
    expect(fast?.details[0]).toMatch(/^\d+\.\d\d s × 1$/)
    expect(await meet('least-busy')).toMatchObject({
      reason: 'least-busy',
      details: ['0 under way', '0 under way'],
    })
  })

  test('headroom leaves a key before its limit is reached', async () => {
    const met = await times(5, 'headroom')
    expect(met.map(({ by }) => by)).toEqual([
      'headroom-1',
      'headroom-1',
      'headroom-1',
      'headroom-2',
      'headroom-2',
    ])
    expect(met[3]).toMatchObject({ reason: 'headroom', details: ['no limit known', '25 % left'] })
  })

  test('best-of shows what its score is made of', async () => {
    const { by, reason, details } = await meet('best-of')
    expect([by, reason]).toEqual(['best-of-2', 'best-of'])
    expect(details[0]).toMatch(/^\d\.\d\d: price 1\.00, errors 1\.00, speed 1\.00, headroom 1\.00$/)
  })
})

test('whoever was picked, the ledger says what is on the bill', async () => {
  clock.start()
  const records = await house.close()
  const compared = await expectBill({ records, bill: provider.bill, models })
  expect(compared).toMatchObject({ bounded: 0, exact: records.ledger.length })
  expect(compared.exact).toBeGreaterThanOrEqual(19)
  expect(new Set(records.ledger.map(({ route }) => route))).toEqual(new Set(ROUTES))
})
