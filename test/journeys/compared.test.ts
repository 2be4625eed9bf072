import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { RequestRow } from '../../src/store/store.ts'
import { readObjects, type JsonObject } from '../../src/kit/json.ts'
import { ask } from './asking.ts'
import { openHouse, type House } from './open-house.ts'

/*
 * What came of each shadow is kept as figures: the admin API lists and adds them up, and nothing that anybody said is in it.
 */

const CENT = { price: { input: 0, output: 0, request: 0.01 } }
const TEXT = 'How many whiskers has a lynx?'

let house: House
const shadows: RequestRow[] = []
let onShadow: () => void = () => undefined

beforeAll(async () => {
  const shadow = { share: 100, budget: { usd: 3, per: 'day' as const } }
  const targets = ['first/echo']
  house = await openHouse({
    config: {
      models: {
        'first/echo': CENT,
        'second/smart': { price: { input: 0, output: 0, request: 0.03 } },
        'second/fault?kind=status-500': CENT,
      },
      routes: {
        kept: { targets, shadow: { ...shadow, to: 'second/smart' } },
        broken: { targets, shadow: { ...shadow, to: 'second/fault?kind=status-500' } },
      },
    },
  })
  house.gateway.gatehouse.onRequest((row) => {
    if (row.purpose !== 'shadow') return
    shadows.push(row)
    onShadow()
  })
})
afterAll(() => house.close())

/** Asks, and waits for the shadow. */
async function askWithShadow(model: string): Promise<string> {
  const answer = await ask(house.url, {
    dialect: 'openai-chat',
    mode: 'stream',
    model,
    key: house.key(),
    text: TEXT,
  })
  const id = answer.headers.get('x-request-id') ?? ''
  while (!shadows.some(({ parentId }) => parentId === id))
    await new Promise<void>((resolve) => {
      onShadow = resolve
    })
  return id
}

async function told(path: string): Promise<JsonObject> {
  return (await house.gateway.askAdmin(`/api/v1/shadows${path}`)).json()
}

/** What is listed of a route once it is so many: it is written behind the answers. */
async function listed(route: string, count: number): Promise<readonly JsonObject[]> {
  for (;;) {
    const rows = readObjects(await told(`?route=${route}`), 'data')
    if (rows.length >= count) return rows
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('what came of each shadow is listed and added up, without a word of what was said', async () => {
  const ids = [await askWithShadow('kept'), await askWithShadow('kept')]
  const failed = await askWithShadow('broken')
  const kept = await listed('kept', 2)
  expect(new Set(kept.map(({ request_id: id }) => id))).toEqual(new Set(ids))
  expect(kept[0]).toMatchObject({
    shown: 'first/echo',
    target: 'second/smart',
    outcome: 'compared',
    cost: { usd: '0.010000' },
    shadow_cost: { usd: '0.030000' },
    same_refusal: true,
    agrees: true,
  })
  expect(await listed('broken', 1)).toMatchObject([{ request_id: failed, outcome: 'provider-error' }])
  const report = await told('/report?from=1h')
  const reports = readObjects(report, 'data')
  expect(reports.find(({ route }) => route === 'kept')).toMatchObject({
    shadow: 'second/smart',
    requests: 2,
    compared: 2,
    failures: {},
    refusal: { of: 2, agreed: 2 },
    cost: { requests: 2, shown: { usd: '0.020000' }, shadow: { usd: '0.060000' } },
  })
  expect(reports.find(({ route }) => route === 'broken')).toMatchObject({
    requests: 1,
    compared: 0,
    failures: { 'provider-error': 1 },
  })
  for (const answer of [kept, report]) expect(JSON.stringify(answer)).not.toMatch(/whiskers|lynx/i)
})

test('what is asked wrongly is refused with the nearest word', async () => {
  for (const path of ['?rout=kept', '/report?form=1h'])
    expect(JSON.stringify(await told(path))).toContain('Did you mean')
  expect(JSON.stringify(await told('?limit=501'))).toContain('a whole number from 1 to 500')
})
