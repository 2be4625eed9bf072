import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import { ask } from './asking.ts'
import { expectBill } from './expect-bill.ts'
import { openHouse, type House } from './open-house.ts'
import { openSwitchedProviders, type SwitchedProviders } from './switched-providers.ts'

/*
 * Requests that belong together meet the same target, so that its prompt cache is warm; they move when it is ill and come back
 * when the other cache has gone cold.
 */

const NAMES = ['one', 'two', 'three'] as const
const TARGETS = NAMES.map((name) => `${name}/echo`)
const models = Object.fromEntries(TARGETS.map((model) => [model, { price: { input: 3, output: 7 } }]))
const clock = createTickingClock(1_000)
let provider: SimulatedProvider
let providers: SwitchedProviders
let house: House

beforeAll(async () => {
  provider = await openTestProvider(DIALECTS)
  providers = openSwitchedProviders(provider.url, NAMES)
  house = await openHouse({
    clock,
    provider,
    providers: () => providers.entries,
    config: {
      models,
      routes: {
        kept: {
          strategy: 'weighted',
          targets: TARGETS,
          fallback: { retries: 0 },
          affinity: { by: ['session', 'prompt_cache_key', 'prompt_prefix'], ttl: '5m' },
        },
        drawn: { strategy: 'weighted', targets: TARGETS, affinity: 'none' },
      },
    },
  })
})

afterAll(async () => {
  // It stands still until the house is to be closed.
  clock.start()
  await house.close()
  clock.stop()
  await providers.close()
  await provider.close()
})

/** Asks and gives the provider that answered. */
async function meet(one: { readonly model?: string; readonly session?: string; readonly text?: string }) {
  const { model = 'kept', session, text = 'Hello' } = one
  const { status, headers } = await ask(house.url, {
    dialect: 'openai-chat',
    mode: 'unary',
    model,
    key: house.key(),
    text,
    ...(session === undefined ? {} : { headers: { 'x-gatehouse-session': session } }),
  })
  expect(status).toBe(200)
  return { name: headers.get('x-gatehouse-provider') ?? '', id: headers.get('x-request-id') ?? '' }
}

const names = async (count: number, one: Parameters<typeof meet>[0]): Promise<ReadonlySet<string>> => {
  const met = new Set<string>()
  for (let turn = 0; turn < count; turn += 1) met.add((await meet(one)).name)
  return met
}

describe('requests that belong together', () => {
  test('a session meets one target; it moves when that is ill, stays while the other is warm, and comes back', async () => {
    const session = 'conversation-1'
    const { name: home, id } = await meet({ session })
    expect(await names(6, { session })).toEqual(new Set([home]))
    expect((await house.rowOf(id)).decision).toContain(`affinity session -> ${home}/echo"`)

    providers.turn(home, 503)
    const away = await names(6, { session })
    expect(away.size).toBe(1)
    const [refuge = ''] = away
    expect(refuge).not.toBe(home)

    providers.turn(home)
    clock.advance(60_000)
    const stayed = await meet({ session })
    expect(stayed.name).toBe(refuge)
    expect((await house.rowOf(stayed.id)).decision).toContain(`affinity session -> ${refuge}/echo (warm)`)

    clock.advance(301_000)
    expect(await names(3, { session })).toEqual(new Set([home]))
  })

  test('without a session what a long prompt begins with decides, a short one is drawn', async () => {
    const long = 'The same long beginning of a prompt. '.repeat(150)
    expect((await names(6, { text: long })).size).toBe(1)
    expect((await names(24, { text: 'Hi' })).size).toBeGreaterThan(1)
  })

  test('a system prompt that changes with every call is found to the byte, and told once', async () => {
    const handbook = 'Be kind and brief, and cite the handbook. '.repeat(120)
    for (let call = 0; call < 14; call += 1) {
      const { status } = await ask(house.url, {
        dialect: 'openai-chat',
        mode: 'unary',
        model: 'drawn',
        key: house.key(),
        extra: {
          messages: [
            { role: 'system', content: `It is 12:00:${call + 10}. ${handbook}` },
            { role: 'user', content: 'Hello' },
          ],
        },
      })
      expect(status).toBe(200)
    }
    const answer: unknown = await (await house.gateway.askAdmin('/api/v1/changing-prompts')).json()
    expect(answer).toMatchObject({
      data: [{ route: 'drawn', from_byte: 13, before_byte: 14, compared: 13, cached_share: 0 }],
    })
    const told = house.gateway.log.filter((line) =>
      line.includes('the system prompt changes with every call'),
    )
    expect(told).toHaveLength(1)
    expect(told[0]).toContain('"route":"drawn"')
    expect(told[0]).not.toContain('handbook')
  })

  test('a route may keep nothing together', async () => {
    expect((await names(24, { model: 'drawn', session: 'conversation-2' })).size).toBeGreaterThan(1)
  })
})

test('wherever they were kept, the ledger says what is on the bill', async () => {
  clock.start()
  const records = await house.close()
  clock.stop()
  const compared = await expectBill({ records, bill: provider.bill, models })
  expect(compared).toMatchObject({ bounded: 0, exact: provider.bill.entries().length })
})
