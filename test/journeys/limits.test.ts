import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { systemClock, type Clock } from '../../src/kit/clock.ts'
import { readString } from '../../src/kit/json.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import { hmacSha256Hex } from '../../src/kit/hash.ts'
import { mintKey, parseKey } from '../../src/exchange/virtual-key.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { CLIENT_DIALECTS, MODES } from '../modes.ts'
import { ask, type Answer } from './asking.ts'
import { openHouse, type House } from './open-house.ts'

const MODELS = { 'first/echo': { price: { input: 0, output: 0, request: 1 } } }

function askModel(house: House, index: number, key: string, model = 'first/echo'): Promise<Answer> {
  const dialect = CLIENT_DIALECTS[index % CLIENT_DIALECTS.length] ?? 'openai-chat'
  const mode = MODES[(index >> 2) % 2] ?? 'unary'
  return ask(house.url, { dialect, mode, model, key, text: 'One two three.' })
}

const several = <Value>(count: number, make: (index: number) => Promise<Value>): Promise<Value[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)))

const statusesOf = (answers: readonly Answer[]): number[] =>
  answers.map(({ status }) => status).toSorted((left, right) => left - right)

/** Asks until the answer has another status, and says how long that took by the clock of the house. */
async function untilStatus(
  status: number,
  { clock, question }: { readonly clock: Clock; readonly question: () => Promise<Answer> },
): Promise<number> {
  const startedMs = clock.elapsedMs()
  for (;;) {
    const answer = await question()
    const tookMs = clock.elapsedMs() - startedMs
    if (answer.status === status || tookMs > 3_000) return tookMs
  }
}

test('of thirty requests at once a limit of ten per minute admits exactly ten', async () => {
  const house = await openHouse({ keys: { ten: { rpm: 10, tpm: '1M' } } })
  const answers = await several(30, (index) => askModel(house, index, house.key('ten')))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(10)
  for (const { status, headers, error } of answers) {
    expect(headers.get('x-ratelimit-limit-requests')).toBe('10')
    expect(headers.get('x-ratelimit-limit-tokens')).toBe('1000000')
    expect(headers.get('x-ratelimit-remaining-requests')).toMatch(/^\d+$/)
    expect(headers.get('x-ratelimit-remaining-tokens')).toMatch(/^\d+$/)
    expect(headers.get('x-ratelimit-reset-requests')).toMatch(/^\d+s$/)
    expect(headers.get('x-ratelimit-reset-tokens')).toMatch(/^\d+s$/)
    if (status === 200) continue
    expect(status).toBe(429)
    expect(headers.get('x-ratelimit-remaining-requests')).toBe('0')
    expect(Number(headers.get('retry-after'))).toBeWithin(1, 64)
    expect(headers.get('x-should-retry')).toBe('true')
    expect(error).toMatchObject({ scope: 'key', metric: 'requests', limit: 10, window: '1m' })
    expect(Date.parse(readString(error ?? {}, 'resets_at') ?? '')).toBeGreaterThan(Date.now())
  }
  await house.close()
  expect(house.provider.bill.entries()).toHaveLength(10)
})

test('tokens are taken by estimate, with a quarter of the limit for what may be answered, and corrected by what was used', async () => {
  const house = await openHouse({ keys: { thrifty: { tpm: 100 } } })
  const key = house.key('thrifty')
  const first = await askModel(house, 0, key, 'first/smart')
  expect(first.status).toBe(200)
  const [entry] = house.provider.bill.entries()
  const used = (entry?.usage?.inputTokens ?? 0) + (entry?.usage?.outputTokens ?? 0)
  expect(used).toBeGreaterThan(40)
  const second = await askModel(house, 3, key)
  const estimate = entry?.usage?.inputTokens ?? 0
  expect(Number(second.headers.get('x-ratelimit-remaining-tokens'))).toBe(100 - used - estimate - 25)
  const later = await several(6, (index) => askModel(house, index, key, 'first/smart'))
  expect(statusesOf(later)).toContain(429)
  const refused = await askModel(house, 1, key, 'first/smart')
  expect(refused.status).toBe(429)
  expect(refused.error).toMatchObject({ metric: 'tokens', limit: 100 })
  await house.close()
})

test('only so many requests run at a time, and a slot is free again when one ends', async () => {
  const house = await openHouse({ keys: { two: { concurrent: 2 } } })
  const key = house.key('two')
  for (let round = 0; round < 2; round += 1) {
    const answers = await several(5, (index) => askModel(house, index, key, 'first/slow?ttft=150ms&tps=5000'))
    expect(statusesOf(answers)).toEqual([200, 200, 429, 429, 429])
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.error).toMatchObject({ metric: 'concurrency', limit: 2, scope: 'key' })
    expect(refused?.headers.get('retry-after')).toBe('1')
  }
  await house.close()
})

test('a refused request consumes nothing of any other limit', async () => {
  const house = await openHouse({
    config: { models: MODELS, projects: { crowd: { limits: { rpm: 3 } } } },
    keys: {
      placed: { rpm: 6, concurrent: 1 },
      poor: { rpm: 4, tpm: '1k', budget: { usd: 1, per: 'day' } },
      narrow: { rpm: 2, models: ['first/*'] },
      member: { rpm: 10, project: 'crowd' },
      exact: { rpm: 2, tpm: 1 },
    },
  })
  const placed = house.key('placed')
  const slow = askModel(house, 0, placed, 'first/slow?ttft=200ms&tps=5000')
  await house.provider.requests.next()
  expect(statusesOf(await several(20, (index) => askModel(house, index, placed)))).toEqual(
    Array.from({ length: 20 }, () => 429),
  )
  expect((await slow).status).toBe(200)
  for (let index = 0; index < 5; index += 1) expect((await askModel(house, index, placed)).status).toBe(200)
  expect((await askModel(house, 0, placed)).error).toMatchObject({ metric: 'requests' })

  expect((await askModel(house, 0, house.key('poor'))).status).toBe(200)
  for (let index = 0; index < 8; index += 1)
    expect((await askModel(house, index, house.key('poor'))).status).toBe(402)

  const narrow = house.key('narrow')
  for (let index = 0; index < 8; index += 1)
    expect((await askModel(house, index, narrow, 'second/echo')).status).toBe(403)
  expect((await askModel(house, 0, narrow)).headers.get('x-ratelimit-remaining-requests')).toBe('1')

  const member = house.key('member')
  expect(
    statusesOf(await several(9, (index) => askModel(house, index, member))).filter(
      (status) => status === 200,
    ),
  ).toHaveLength(3)
  const refused = await askModel(house, 0, member)
  expect(refused.error).toMatchObject({ scope: 'project', limit: 3 })

  for (let index = 0; index < 5; index += 1) {
    const large = await askModel(house, index, house.key('exact'))
    expect(large.error).toMatchObject({ metric: 'tokens' })
    expect(large.headers.get('x-ratelimit-remaining-requests')).toBe('2')
  }
  await house.close()
})

test('a key is taken from every place where clients put keys, and the gateway’s own header wins', async () => {
  const house = await openHouse()
  const key = house.key()
  const places: readonly Readonly<Record<string, string>>[] = [
    { authorization: `Bearer ${key}` },
    { authorization: `bearer ${key}` },
    { 'x-api-key': key },
    { 'api-key': key },
    { 'x-goog-api-key': key },
    { 'x-gatehouse-key': key, authorization: 'Bearer sk-somebody-elses' },
    { 'x-api-key': key, authorization: 'Bearer sk-somebody-elses' },
  ]
  for (const dialect of CLIENT_DIALECTS) {
    for (const headers of places) {
      const answer = await ask(house.url, {
        dialect,
        mode: 'unary',
        model: 'first/echo',
        headers,
        text: 'In.',
      })
      expect(answer).toMatchObject({ status: 200, text: 'In.' })
    }
  }
  for (const { headers } of house.provider.requests.all()) expect(JSON.stringify(headers)).not.toContain(key)
  await house.close()
})

/** Another process on the same store. */
async function openNeighbour(house: House): Promise<Store> {
  const path = join(house.gateway.gatehouse.dataDirectory, 'gatehouse.db')
  return openStore({ url: `sqlite:${path}`, clock: systemClock })
}

test('a key made, revoked or expired elsewhere is in or out within a second', async () => {
  const clock = createTickingClock(5)
  const house = await openHouse({ clock })
  clock.start()
  const untilTold = (status: number, index: number, key: string): Promise<number> =>
    untilStatus(status, { clock, question: () => askModel(house, index, key) })
  const neighbour = await openNeighbour(house)
  const pepper = (await neighbour.settings.get('pepper')) ?? ''
  const make = async (name: string, expiresAtMs?: number): Promise<string> => {
    const hmac = (secret: string): string => hmacSha256Hex(pepper, secret)
    const { text, ...identity } = mintKey({ environment: 'test', random: systemRandom, hmac })
    const terms = { name, allowedOptions: [], limits: {}, budgets: [], createdAtMs: clock.nowMs() }
    await neighbour.keys.create({
      ...identity,
      ...terms,
      ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    })
    return text.reveal()
  }
  const key = await make('neighbour')
  expect(await untilTold(200, 0, key)).toBeLessThan(1_000)
  await neighbour.keys.revoke(parseKey(key)?.id ?? '', clock.nowMs())
  expect(await untilTold(401, 1, key)).toBeLessThan(1_000)
  const brief = await make('brief', clock.nowMs() + 700)
  expect(await untilTold(200, 0, brief)).toBeLessThan(700)
  expect(await untilTold(403, 1, brief)).toBeLessThan(1_000)
  const own = house.key()
  expect((await askModel(house, 0, own)).status).toBe(200)
  await (await house.gateway.askAdmin(`/api/v1/keys/${parseKey(own)?.id}`, { method: 'DELETE' })).text()
  expect((await askModel(house, 0, own)).status).toBe(401)
  await neighbour.close()
  await house.close()
  clock.stop()
})
