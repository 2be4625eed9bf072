import { expect, test } from 'bun:test'
import { readObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { ask } from './asking.ts'
import { openHouse, type House } from './open-house.ts'

/*
 * What operators are told of money: where it went, whether budgets last, and that a raised budget is raised at once.
 */

/** A dollar a request, whatever is said. */
const DOLLAR = { price: { input: 0, output: 0, request: 1 } }
const NANO = 1_000_000_000

const put = (house: House, key: string, model = 'cheap') =>
  ask(house.url, { dialect: 'openai-chat', mode: 'unary', model, key: house.key(key), text: 'Say this.' })

const amountOf = (json: JsonObject | undefined, name: string): number =>
  Number(readObject(json ?? {}, name)?.['nano_usd']) / NANO

async function admin(
  house: House,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: JsonObject }> {
  const answer = await house.gateway.askAdmin(
    path,
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  )
  return { status: answer.status, json: await answer.json() }
}

/** Asks until all that was asked is written: rows wait a moment for company. */
async function whenWritten(
  house: House,
  isIt: (log: JsonObject, cost: JsonObject) => boolean,
): Promise<void> {
  for (;;) {
    const log = (await admin(house, '/api/v1/cost?by=operation&from=24h')).json
    const cost = (await admin(house, '/api/v1/cost?from=24h')).json
    if (isIt(readObjects(log, 'groups')[0] ?? {}, readObject(cost, 'total') ?? {})) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('where the money went, whose budget it was, and more of it until a day', async () => {
  const house = await openHouse({
    config: {
      models: { 'first/echo': DOLLAR, 'second/echo': { price: { input: 0, output: 0, request: 2 } } },
      routes: { cheap: ['first/echo'], dear: ['second/echo'] },
      projects: { search: { budgets: [{ usd: 100, per: 'month' }] } },
    },
    keys: { few: { project: 'search', budget: { usd: 3, per: 'month' }, rpm: 50 }, many: {} },
  })
  for (let count = 0; count < 3; count += 1) expect((await put(house, 'few')).status).toBe(200)
  for (let count = 0; count < 2; count += 1) expect((await put(house, 'many', 'dear')).status).toBe(200)
  expect((await put(house, 'few')).status).toBe(402)

  await whenWritten(house, (log, total) => log['requests'] === 6 && total['attempts'] === 5)
  const cost = (await admin(house, '/api/v1/cost?by=target&rows=route&from=24h')).json
  expect(cost).toMatchObject({ by: 'target', money: 'real', total: { attempts: 5 } })
  expect(amountOf(readObject(cost, 'total'), 'cost')).toBe(7)
  expect(readObjects(cost, 'groups').map((group) => [group['name'], amountOf(group, 'amount')])).toEqual([
    ['second/echo', 4],
    ['first/echo', 3],
  ])
  const pivot = readObject(cost, 'pivot') ?? {}
  expect(readObjects(pivot, 'rows').map((row) => [row['name'], amountOf(row, 'total')])).toEqual([
    ['dear', 4],
    ['cheap', 3],
  ])
  const compared = readObject(cost, 'compared') ?? {}
  const drivers = readObjects(compared, 'drivers').reduce(
    (sum, driver) => sum + amountOf(driver, 'amount'),
    0,
  )
  expect(drivers).toBe(amountOf(compared, 'change'))
  const scoped = (await admin(house, '/api/v1/cost?by=model&project=search&from=24h')).json
  expect(amountOf(readObject(scoped, 'total'), 'cost')).toBe(3)
  const byClient = await admin(house, '/api/v1/cost?by=operation&from=24h')
  expect(readObjects(byClient.json, 'groups').map(({ name, requests }) => [name, requests])).toEqual([
    ['chat', 6],
  ])
  expect((await admin(house, '/api/v1/cost?by=modle')).status).toBe(400)

  const budgets = (await admin(house, '/api/v1/budgets')).json
  const [first = {}, second = {}] = readObjects(budgets, 'data')
  expect(first).toMatchObject({ name: 'few', per: 'month', state: 'spent', scope: 'key' })
  expect([amountOf(first, 'settled'), amountOf(first, 'remaining')]).toEqual([3, 0])
  expect(second).toMatchObject({ name: 'search', scope: 'project', state: 'unknown' })
  expect(readObject(budgets, 'focus')).toMatchObject({
    id: first['id'],
    burners: [{ target: 'first/echo', attempts: 3 }],
  })
  expect(readObject(budgets, 'limits')).toMatchObject({
    rates: [{ name: 'few', metric: 'requests', limit: 50, used: 3 }],
    refused: [{ name: 'few', outcome: 'budget-exceeded', requests: 1 }],
  })

  const raise = {
    scope: 'key',
    owner: first['owner'],
    per: 'month',
    usd: 2,
    until: '2199-01-01',
    reason: 'launch week',
  }
  expect((await admin(house, '/api/v1/top-ups', raise)).json).toMatchObject({
    errors: [{ path: 'until', message: 'this is more than a year ahead' }],
  })
  const until = new Date(Date.now() + 86_400_000).toISOString()
  const raised = await admin(house, '/api/v1/top-ups', { ...raise, until, by: 'ana' })
  expect(raised).toMatchObject({ status: 201, json: { state: 'holds', reason: 'launch week', by: 'ana' } })
  const served = await Promise.all(Array.from({ length: 6 }, () => put(house, 'few')))
  expect(served.filter(({ status }) => status === 200)).toHaveLength(2)
  const ended = await house.gateway.askAdmin(`/api/v1/top-ups/${readString(raised.json, 'id') ?? ''}`, {
    method: 'DELETE',
  })
  expect(await ended.json()).toMatchObject({ state: 'ended' })
  expect(house.gateway.log.join('\n')).not.toContain('error')
  const { ledger } = await house.close()
  expect(ledger.reduce((sum, { costNanoUsd = 0n }) => sum + costNanoUsd, 0n)).toBe(BigInt(9 * NANO))
})
