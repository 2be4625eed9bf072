import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { RequestRow } from '../../src/store/store.ts'
import { createMovableClock } from '../movable-clock.ts'
import { ask, type Answer } from './asking.ts'
import { openHouse, type House } from './open-house.ts'

const { clock, move } = createMovableClock()
const MINUTE = 60_000

let house: House
beforeAll(async () => {
  house = await openHouse({
    clock,
    config: {
      defaults: { cache: { ttl: '1m', stale_while_revalidate: '5m' } },
      routes: { faq: { targets: ['first/smart'] }, plain: { targets: ['first/smart'], cache: false } },
      models: { 'first/smart': { price: { input: 0, output: 0, request: 1 } } },
    },
    keys: { one: { concurrent: 1, budget: { usd: 3, per: 'day' } } },
  })
})
afterAll(() => house.close())

function put(model: string): Promise<Answer> {
  const extra = { temperature: 0 }
  return ask(house.url, { dialect: 'openai-chat', mode: 'unary', model, key: house.key('one'), extra })
}

const cacheOf = ({ headers }: Answer): string | null => headers.get('x-gatehouse-cache')

test('a stale answer is given at once, and a new one fetched on the account of whoever got it', async () => {
  expect(cacheOf(await put('faq'))).toBe('miss')
  move(2 * MINUTE)
  const line = new Promise<RequestRow>((resolve) =>
    house.gateway.gatehouse.onRequest((row) => {
      if (row.purpose === 'refresh') resolve(row)
    }),
  )
  const stale = await put('faq')
  expect(cacheOf(stale)).toBe('stale')
  expect(stale.headers.get('x-gatehouse-cost-usd')).toBe('0')
  expect(Number(stale.headers.get('age'))).toBeGreaterThanOrEqual(120)
  expect(await line).toMatchObject({
    parentId: stale.headers.get('x-request-id') ?? '',
    outcome: 'ok',
    attemptCount: 1,
    costNanoUsd: 1_000_000_000n,
    keyName: 'one',
    route: 'faq',
  })
  expect(cacheOf(await put('faq'))).toBe('hit')
  expect((await put('plain')).status).toBe(200)
  // Three were paid for: one that nobody waited for among them.
  expect((await put('plain')).status).toBe(402)
  const { ledger } = await house.close()
  expect(ledger.map(({ purpose }) => purpose)).toEqual([undefined, 'refresh', undefined])
})
