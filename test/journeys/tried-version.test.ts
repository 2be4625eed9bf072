import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import {
  isObject,
  parseJson,
  readNumber,
  readObject,
  readObjects,
  readString,
  type Json,
} from '../../src/kit/json.ts'
import { ask, type Answer } from './asking.ts'
import { openHouse, type House } from './open-house.ts'
import { openSwitchedProviders, type SwitchedProviders } from './switched-providers.ts'

/*
 * A version of the configuration is tried on a share of the requests: who is on it stays on it, each request says under which version it
 * ran, nobody may do twice as much, and it is taken back by itself when it does worse, without harm to those who are not on it.
 */

const MOST_MS = 2_000
const models = {
  'old/echo': { price: { input: 0, output: 0, request: 1 } },
  'new/echo': { price: { input: 0, output: 0, request: 1 } },
}
const SESSIONS = Array.from({ length: 24 }, (_, index) => `session-${index}`)
const HALF = { share: '50%', by: 'session' }

let provider: SimulatedProvider
let providers: SwitchedProviders
let house: House

beforeAll(async () => {
  provider = await openTestProvider(DIALECTS)
  providers = openSwitchedProviders(provider.url, ['old', 'new'])
  house = await openHouse({
    provider,
    providers: () => providers.entries,
    keys: {
      app: { allow: ['session'] },
      ten: { allow: ['session'], rpm: 10 },
      poor: { allow: ['session'], budget: { usd: 10, per: 'day' } },
    },
    config: { models },
  })
  await put({ value: ['old/echo'] })
})

afterAll(async () => {
  await house.close()
  await providers.close()
  await provider.close()
})

async function admin(method: string, path: string, body?: Json) {
  const response = await house.gateway.askAdmin(`/api/v1/config${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const answer = parseJson(await response.text())
  return { status: response.status, json: isObject(answer) ? answer : {} }
}

const put = (body: Json) => admin('PUT', '/objects/routes/fast', body)
const tryNew = () => put({ value: ['new/echo'], trial: HALF })
const trial = async () => readObject((await admin('GET', '/trial')).json, 'trial')
const end = (action: 'promote' | 'give-up') => admin('POST', '/trial', { action })
const stateOf = async (number: number) =>
  readString((await admin('GET', `/versions/${number}`)).json, 'state')

/** How many requests of the log are so; lines are written a moment after the answer. */
async function countOf(query: string): Promise<number> {
  const response = await house.gateway.askAdmin(`/api/v1/requests?limit=100&q=${encodeURIComponent(query)}`)
  const answer = parseJson(await response.text())
  return readObjects(isObject(answer) ? answer : {}, 'data').length
}

const askIn = (session: string, key = 'app'): Promise<Answer> =>
  ask(house.url, {
    dialect: 'openai-chat',
    mode: 'unary',
    model: 'fast',
    key: house.key(key),
    text: 'Hello',
    headers: { 'x-gatehouse-session': session },
  })
const whoAnswered = ({ headers }: Answer): string => headers.get('x-gatehouse-provider') ?? ''
const askAll = (key?: string): Promise<readonly Answer[]> =>
  Promise.all(SESSIONS.map((session) => askIn(session, key)))

describe('a version that is tried', () => {
  test('takes its share, keeps sessions together, and every request says under which version it ran', async () => {
    const made = await tryNew()
    const version = readObject(made.json, 'version') ?? {}
    expect(version).toMatchObject({ state: 'tried', changes: [expect.stringContaining('route fast')] })
    const answers = await askAll()
    const met = answers.map(whoAnswered)
    expect(new Set(met)).toEqual(new Set(['old', 'new']))
    expect((await askAll()).map(whoAnswered)).toEqual(met)
    const inForce = readObject((await admin('GET', '')).json, 'version') ?? {}
    for (const [index, { headers }] of answers.entries()) {
      const row = await house.rowOf(headers.get('x-request-id') ?? '')
      const hash = readString(met[index] === 'new' ? version : inForce, 'hash')
      expect(row.planVersion).toEndWith(`-${hash}`)
    }
    const tried = met.filter((name) => name === 'new').length
    expect(await trial()).toMatchObject({
      share: 50,
      by: 'session',
      version: { number: readNumber(version, 'number') ?? 0 },
      tried: { requests: tried * 2, errors: 0, cost_usd: 1, first_event_p95_ms: expect.any(Number) },
      in_force: { requests: (SESSIONS.length - tried) * 2, errors: 0, cost_usd: 1 },
    })
    const ran = `plan:*-${readString(version, 'hash')}`
    while ((await countOf(ran)) < tried * 2) continue
    expect(await countOf(ran)).toBe(tried * 2)
  })

  test('is the only change under way, and nobody is on it any more within two seconds of being given up', async () => {
    const other = await put({ value: ['second/echo'] })
    expect(other).toMatchObject({ status: 409, json: { code: 'being-tried' } })
    expect(await tryNew()).toMatchObject({ status: 409 })
    const number = readNumber(readObject((await trial()) ?? {}, 'version') ?? {}, 'number') ?? 0
    const beganMs = performance.now()
    expect((await end('give-up')).json).toMatchObject({ version: { state: 'given-up' } })
    const answers = await askAll()
    expect(performance.now() - beganMs).toBeLessThan(MOST_MS)
    expect(new Set(answers.map(whoAnswered))).toEqual(new Set(['old']))
    expect(await stateOf(number)).toBe('given-up')
    expect(await trial()).toBeUndefined()
    expect((await end('give-up')).status).toBe(404)
  })

  test('takes from the same limits and the same budgets as the version in force', async () => {
    await tryNew()
    const limited = await askAll('ten')
    expect(limited.filter(({ status }) => status === 200)).toHaveLength(10)
    const statuses: number[] = []
    const met = new Set<string>()
    for (const session of SESSIONS) {
      const answer = await askIn(session, 'poor')
      statuses.push(answer.status)
      if (answer.status === 200) met.add(whoAnswered(answer))
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(10)
    expect(met.size).toBe(2)
    expect(await trial()).toMatchObject({ tried: { errors: 0 }, in_force: { errors: 0 } })
    await end('give-up')
  })

  test('that breaks is given up by itself, and its targets rest for nobody else', async () => {
    await put({ value: ['old/echo'] })
    await admin('PUT', '/objects/routes/shared', { value: ['new/echo', 'old/echo'] })
    // The same target under both versions: what the trial learns of it is its own.
    await put({
      value: { targets: ['new/echo'], fallback: { retries: 0 } },
      trial: { ...HALF, by: 'request' },
    })
    providers.turn('new', 500)
    const number = readNumber(readObject((await trial()) ?? {}, 'version') ?? {}, 'number') ?? 0
    while ((await trial()) !== undefined) await askAll()
    providers.turn('new')
    expect((await admin('GET', `/versions/${number}`)).json).toMatchObject({
      state: 'given-up',
      verdict: expect.stringContaining('error_rate 100.0 % against 0.0 %'),
    })
    const direct = await ask(house.url, {
      dialect: 'openai-chat',
      mode: 'unary',
      model: 'shared',
      key: house.key('app'),
      text: 'Hello',
    })
    expect(whoAnswered(direct)).toBe('new')
    expect(new Set((await askAll()).map(whoAnswered))).toEqual(new Set(['old']))
  })

  test('is in force for everybody once it is promoted', async () => {
    await tryNew()
    const made = await end('promote')
    expect(made.json).toMatchObject({ version: { state: 'in-force' }, changed: true })
    expect(new Set((await askAll()).map(whoAnswered))).toEqual(new Set(['new']))
    expect(await trial()).toBeUndefined()
    expect((await put({ value: ['old/echo'] })).status).toBe(200)
  })

  test('has terms that can be meant', async () => {
    for (const [terms, path] of [
      [{ share: '0%' }, 'trial.share'],
      [{ share: '100%' }, 'trial.share'],
      [{ share: '10%', by: 'team' }, 'trial.by'],
      [{ share: '10%', guard: { error_rat: '+1%' } }, 'trial.guard'],
    ] as const) {
      const refused = await put({ value: ['new/echo'], trial: terms })
      expect(refused.status).toBe(400)
      expect(readObjects(refused.json, 'errors').map((error) => readString(error, 'path'))).toEqual([
        expect.stringContaining(path),
      ])
    }
    expect(await put({ value: ['old/echo'], trial: HALF })).toMatchObject({ json: { changed: false } })
    expect(await trial()).toBeUndefined()
  })
})
