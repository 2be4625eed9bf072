import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import { armAt, bucketOf } from '../../src/experiments/assignment.ts'
import { readDecision } from '../../src/exchange/decision-record.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import { isObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { ask, type Answer } from './asking.ts'
import { expectBill } from './expect-bill.ts'
import { makeKeyText, openHouse, type House } from './open-house.ts'
import { openSwitchedProviders, type SwitchedProviders } from './switched-providers.ts'

/*
 * The requests of a route are divided: for good, by shares that users keep, or by a canary that goes up its ramp while it does no
 * worse and is taken back when it does. Where it stands outlives the process.
 */

const USERS = Array.from({ length: 40 }, (_, index) => `user-${index}`)
const SHARE = 30
const models = {
  'old/echo': { price: { input: 3, output: 7 } },
  'new/echo': { price: { input: 2, output: 5 } },
}
const clock = createTickingClock(1_000)
const directory = mkdtempSync(join(tmpdir(), 'gatehouse-divided-'))
const keyTexts = { app: makeKeyText(), plain: makeKeyText() }
let provider: SimulatedProvider
let providers: SwitchedProviders
let house: House

async function open(): Promise<House> {
  return openHouse({
    clock,
    provider,
    directory,
    keyTexts,
    providers: () => providers.entries,
    keys: { app: { allow: ['arm', 'session'] }, plain: {} },
    config: {
      models,
      routes: {
        divided: {
          targets: ['old/echo'],
          split: {
            by: 'user',
            arms: { stable: 100 - SHARE, trial: { share: SHARE, targets: ['new/echo'] } },
          },
        },
        ramped: {
          targets: ['old/echo'],
          fallback: { retries: 0 },
          canary: {
            by: 'request',
            targets: ['new/echo'],
            ramp: ['50%', '100%'],
            every: '10m',
            guard: { error_rate: '+2%', min_requests: 20 },
          },
        },
      },
    },
  })
}

beforeAll(async () => {
  provider = await openTestProvider(DIALECTS)
  providers = openSwitchedProviders(provider.url, ['old', 'new'])
  house = await open()
})

async function close(): Promise<void> {
  // It stands still until a house is to be closed.
  clock.start()
  await house.close()
  clock.stop()
}

afterAll(async () => {
  await close()
  await providers.close()
  await provider.close()
  rmSync(directory, { recursive: true, force: true })
})

const askRoute = (
  model: string,
  terms: { readonly user?: string; readonly arm?: string; readonly key?: string } = {},
) =>
  ask(house.url, {
    dialect: 'openai-chat',
    mode: 'unary',
    model,
    key: house.key(terms.key ?? 'app'),
    text: 'Hello',
    ...(terms.user === undefined ? {} : { extra: { user: terms.user } }),
    ...(terms.arm === undefined ? {} : { headers: { 'x-gatehouse-arm': terms.arm } }),
  })

const whoAnswered = ({ headers }: Answer): string => headers.get('x-gatehouse-provider') ?? ''

async function stepOf({ headers }: Answer): Promise<JsonObject | undefined> {
  const { decision } = await house.rowOf(headers.get('x-request-id') ?? '')
  return readObjects(readDecision(decision ?? '') ?? {}, 'steps').find(({ step }) => step === 'split')
}

async function canary(): Promise<JsonObject> {
  const answer: unknown = await (await house.gateway.askAdmin('/api/v1/canaries')).json()
  const [first = {}] = isJson(answer) ? readObjects(answer, 'data') : []
  return first
}

const isJson = (value: unknown): value is JsonObject => isObject(value as JsonObject)

describe('a split', () => {
  test('sends every user where their bucket lies, today, tomorrow and after a restart, and says so', async () => {
    const expected = USERS.map((user) =>
      armAt(
        [{ share: 10_000 - SHARE * 100 }, { share: SHARE * 100, name: 'trial' }],
        bucketOf('divided', user),
      ),
    ).map((arm) => (arm !== undefined && 'name' in arm ? 'new' : 'old'))
    const met = async (): Promise<readonly string[]> => {
      const answers = await Promise.all(USERS.map((user) => askRoute('divided', { user })))
      return answers.map(whoAnswered)
    }
    expect(await met()).toEqual(expected)
    expect(new Set(expected).size).toBe(2)
    await close()
    house = await open()
    expect(await met()).toEqual(expected)
    expect(await stepOf(await askRoute('divided', { user: 'user-0' }))).toEqual({
      step: 'split',
      arm: expected[0] === 'new' ? 'trial' : 'stable',
      unit: 'user',
      bucket: bucketOf('divided', 'user-0'),
      propensity: (expected[0] === 'new' ? SHARE : 100 - SHARE) / 100,
    })
  })

  test('may be overruled by whoever tries an arm, where their key allows it', async () => {
    for (const [arm, name] of [
      ['trial', 'new'],
      ['stable', 'old'],
    ] as const) {
      const answer = await askRoute('divided', { arm })
      expect(whoAnswered(answer)).toBe(name)
      expect(await stepOf(answer)).toMatchObject({ arm, forced: true, unit: 'key' })
    }
    expect((await askRoute('divided', { arm: 'other' })).error).toMatchObject({
      message: expect.stringContaining('It has stable, trial.'),
    })
    expect((await askRoute('divided', { arm: 'trial', key: 'plain' })).status).toBe(403)
  })
})

describe('a canary', () => {
  const askMany = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) expect((await askRoute('ramped')).status).toBe(200)
  }

  test('goes up its ramp while it does no worse, and where it stands outlives the process', async () => {
    expect(await canary()).toMatchObject({ id: 'ramped', share: 50, status: 'ramping' })
    await askMany(60)
    clock.advance(600_000)
    await askMany(3)
    expect(await canary()).toMatchObject({ share: 100, status: 'ramping' })
    await close()
    house = await open()
    expect(await canary()).toMatchObject({ share: 100, status: 'ramping' })
    expect(whoAnswered(await askRoute('ramped'))).toBe('new')
  })

  test('that breaks hurts nobody and is rolled back; an operator may let it begin anew', async () => {
    providers.turn('new', 503)
    await askMany(60)
    const broken = await canary()
    expect(broken).toMatchObject({ share: 0, status: 'rolled-back' })
    expect(readString(broken, 'verdict')).toMatch(/^error_rate \d+.\d % against 0.0 %, over 50 requests/)
    expect(house.gateway.log.join('')).toContain('canary: rolled-back')
    const asked = providers.count('new')
    await askMany(10)
    expect(providers.count('new')).toBe(asked)

    const tell = (action: string) =>
      house.gateway.askAdmin('/api/v1/canaries/ramped', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ action }),
      })
    expect((await tell('begin')).status).toBe(400)
    expect(await (await tell('resume')).json()).toMatchObject({ share: 50, status: 'ramping' })
    expect(await (await tell('hold')).json()).toMatchObject({ share: 50, status: 'held' })
  })
})

test('whichever way they went, the ledger says what is on the bill', async () => {
  clock.start()
  const records = await house.close()
  clock.stop()
  const compared = await expectBill({ records, bill: provider.bill, models })
  expect(compared).toMatchObject({ bounded: 0, exact: provider.bill.entries().length })
  expect(compared.exact).toBeGreaterThan(200)
  const failed = records.ledger.filter(({ outcome }) => outcome !== 'ok')
  expect(failed.length).toBeGreaterThan(4)
  expect(new Set(failed.map(({ provider: name }) => name))).toEqual(new Set(['new']))
})
