import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { expectBill } from './expect-bill.ts'
import { openHouse, type House, type HouseOptions } from './open-house.ts'
import { readObjects, readString, parseJsonObject } from '../../src/kit/json.ts'

const CONFIG = {
  models: {
    'first/echo': { quality: 0.4, price: { input: 1, output: 1 } },
    'second/echo': { quality: 0.9, price: { input: 10, output: 10 } },
  },
  auto: {
    targets: ['first/echo', 'second/echo'],
    tasks: [
      { name: 'late', when: 'budget.used_percent >= 50', quality: 0.1 },
      { name: 'lookup', when: "'lookup' in request.tags", quality: 0.3 },
      { name: 'rest', quality: 0.8 },
    ],
  },
} satisfies HouseOptions['config']

describe('auto', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({
      config: CONFIG,
      keys: { free: { allow: ['tags'] }, poor: { allow: ['tags'], budget: { usd: 0.002, per: 'total' } } },
    })
  })
  afterAll(() => house.close())

  async function ask(model: string, key: string, tags: readonly string[] = []) {
    const answer = await fetch(`${house.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${house.key(key)}`, 'x-gatehouse-tags': tags.join(',') || 'none' },
      body: JSON.stringify({ model, max_tokens: 20, messages: [{ role: 'user', content: 'hello' }] }),
    })
    await answer.text()
    const { decision = '' } = await house.rowOf(answer.headers.get('x-request-id') ?? '')
    const steps = readObjects(parseJsonObject(decision) ?? {}, 'steps')
    const named = (kind: string) => steps.find((step) => readString(step, 'step') === kind) ?? {}
    return {
      status: answer.status,
      by: answer.headers.get('x-gatehouse-provider'),
      task: readString(named('condition'), 'picked'),
      strategy: readString(named('rank'), 'strategy'),
    }
  }

  test('each task goes to the cheapest model that is good enough for it, and a profile asks for more or less', async () => {
    const told = { status: 200, strategy: 'good-enough' }
    expect(await ask('auto', 'free')).toEqual({ ...told, by: 'second', task: 'rest' })
    expect(await ask('auto', 'free', ['lookup'])).toEqual({ ...told, by: 'first', task: 'lookup' })
    expect(await ask('auto:best', 'free', ['lookup'])).toEqual({ ...told, by: 'second', task: 'lookup' })
    expect((await ask('auto:bset', 'free')).status).toBe(404)
  })

  test('a condition knows how far the budget of the caller is used', async () => {
    const seen: (string | undefined)[] = []
    while (seen.length < 20 && seen.at(-1) !== 'late') seen.push((await ask('auto', 'poor')).task)
    expect(seen[0]).toBe('rest')
    expect(seen.at(-1)).toBe('late')
  })

  test('whichever model was good enough, the ledger says what is on the bill', async () => {
    const records = await house.close()
    const compared = await expectBill({ records, bill: house.provider.bill, models: CONFIG.models })
    expect(compared).toMatchObject({ bounded: 0, exact: records.ledger.length })
  })
})
