import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider, TEST_CREDENTIAL } from '../../src/drills/open-test-provider.fixture.ts'
import { readDecision } from '../../src/exchange/decision-record.ts'
import { parseJsonObject, readObjects, readString } from '../../src/kit/json.ts'
import { CLIENT_DIALECTS, MODES, type ClientDialect, type Mode } from '../modes.ts'
import { ask, send, type Question } from './asking.ts'
import { dataOf, startGatewayProcess } from './gateway-process.ts'
import { makeKeyText, openHouse, providerEntry, readRecords, type House } from './open-house.ts'

/*
 * A client that does not know what became of its request asks again under the same idempotency key, and gets what the first one got:
 * one answer, one charge, one call of the provider.
 */

const REPEATED = { 'idempotent-replayed': 'true' }

const question = (key: string, more: Partial<Question> = {}): Question => ({
  dialect: 'openai-chat',
  mode: 'unary',
  model: 'first/echo',
  ...more,
  headers: { 'idempotency-key': key, ...more.headers },
})

let house: House
const asOwn = (asked: Question, name = 'dev'): Question => ({ ...asked, key: house.key(name) })
const calls = (): number => house.provider.bill.entries().length
const idOf = (headers: Headers): string => headers.get('x-request-id') ?? ''

beforeAll(async () => {
  house = await openHouse({
    config: { models: { 'first/smart': { price: { input: 3, output: 15 } } } },
    keys: { dev: {}, other: {}, once: { budget: { usd: 0.000_6, per: 'month' } } },
  })
})

afterAll(() => house.close())

describe.each([...CLIENT_DIALECTS])('a client that speaks %s', (dialect: ClientDialect) => {
  test.each([...MODES])('gets the same bytes again, %s, without a call or a charge', async (mode: Mode) => {
    const asked = asOwn(question(`same-${dialect}-${mode}`, { dialect, mode, model: 'first/smart' }))
    const first = await ask(house.url, asked)
    const before = calls()
    const again = await ask(house.url, asked)
    expect([first.status, again.status, again.wire]).toEqual([200, 200, first.wire])
    expect(again.complete).toBe(true)
    expect(calls()).toBe(before)
    expect(first.headers.has('idempotent-replayed')).toBe(false)
    expect(Object.fromEntries(again.headers)).toMatchObject({
      ...REPEATED,
      'content-type': first.headers.get('content-type'),
      'x-gatehouse-replay-of': idOf(first.headers),
      'x-gatehouse-model': first.headers.get('x-gatehouse-model'),
    })
    for (const name of ['x-gatehouse-cost-usd', 'x-gatehouse-attempts'])
      expect(again.headers.has(name)).toBe(false)
    const row = await house.rowOf(idOf(again.headers))
    expect(row).toMatchObject({ outcome: 'ok', status: 200, inputTokens: 0, attempts: '', keyName: 'dev' })
    expect(row.stream).toBe(mode === 'stream')
    expect(row.costNanoUsd).toBeUndefined()
    expect(readDecision(row.decision ?? '')?.['steps']).toEqual([{ step: 'replay', of: idOf(first.headers) }])
  })

  test('is told in its own words that a key came before with something else, and what is no key', async () => {
    const asked = asOwn(question(`other-${dialect}`, { dialect }))
    await ask(house.url, asked)
    const before = calls()
    const other = await ask(house.url, { ...asked, text: 'Something else.' })
    expect([other.status, other.headers.get('x-should-retry')]).toEqual([409, 'false'])
    expect(readString(other.error ?? {}, 'message')).toContain('Idempotency-Key came before')
    for (const key of ['', 'x'.repeat(256), 'two words']) {
      const refused = await ask(house.url, asOwn(question(key, { dialect })))
      expect(refused.status).toBe(400)
      expect(readString(refused.error ?? {}, 'message')).toContain('1 to 255 visible characters')
    }
    expect(calls()).toBe(before)
  })
})

test('fifty at once are one call; those that come meanwhile are told to come again', async () => {
  const before = calls()
  const asked = asOwn(question('fifty', { model: 'first/slow?ttft=200ms' }))
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(house.url, asked)))
  const [ok, ...rest] = answers.toSorted((one, other) => one.status - other.status)
  expect(ok?.status).toBe(200)
  expect(new Set(rest.map(({ status }) => status))).toEqual(new Set([409]))
  expect(rest[0]?.headers.get('retry-after')).toBe('1')
  expect(rest[0]?.headers.get('x-should-retry')).toBe('true')
  expect((await ask(house.url, asked)).wire).toBe(ok?.wire ?? '')
  expect(calls()).toBe(before + 1)
})

test('the same body in another order and with other spaces is the same, another address is not', async () => {
  const url = `${house.url}/v1/chat/completions`
  const headers = { authorization: `Bearer ${house.key()}`, 'idempotency-key': 'order' }
  const post = (address: string, body: string) => fetch(address, { method: 'POST', headers, body })
  const said = '"messages":[{"role":"user","content":"Hi"}]'
  const first = await post(url, `{"model":"first/echo",${said}}`)
  const again = await post(url, `{ ${said}, "model" : "first/echo" }`)
  expect(await again.text()).toBe(await first.text())
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  expect((await post(`${url}?further=1`, `{"model":"first/echo",${said}}`)).status).toBe(409)
})

test('a key belongs to whoever sends it', async () => {
  await ask(house.url, asOwn(question('mine')))
  const theirs = await ask(house.url, asOwn(question('mine', { text: 'Theirs.' }), 'other'))
  expect([theirs.status, theirs.headers.has('idempotent-replayed')]).toEqual([200, false])
})

test('what a repetition gets does not depend on the budget that the first one used up', async () => {
  const asked = asOwn(question('spent', { model: 'first/smart', maxTokens: 30 }), 'once')
  const first = await ask(house.url, asked)
  expect(first.status).toBe(200)
  expect((await ask(house.url, { ...asked, headers: {} })).status).toBe(402)
  const again = await ask(house.url, asked)
  expect([again.status, again.wire]).toEqual([200, first.wire])
})

test('an error of the request is final, one that may pass is not', async () => {
  const wrong = asOwn(question('wrong', { extra: { temperature: 'hot' } }))
  const [first, again] = [await ask(house.url, wrong), await ask(house.url, wrong)]
  expect([first.status, again.status]).toEqual([400, 400])
  const refusing = asOwn(question('refused', { model: 'first/fault?kind=status-400' }))
  const refused = await ask(house.url, refusing)
  const before = calls()
  const refusedAgain = await ask(house.url, refusing)
  expect([refused.status, refusedAgain.wire]).toEqual([400, refused.wire])
  expect(refusedAgain.headers.get('idempotent-replayed')).toBe('true')
  const row = await house.rowOf(idOf(refusedAgain.headers))
  expect(row).toMatchObject({ status: 400, outcome: (await house.rowOf(idOf(refused.headers))).outcome })
  const passing = asOwn(question('passing', { model: 'first/fault?kind=status-500' }))
  const failed = await ask(house.url, passing)
  const failedAgain = await ask(house.url, passing)
  expect([failed.status >= 500, failedAgain.headers.has('idempotent-replayed')]).toEqual([true, false])
  expect(calls()).toBeGreaterThan(before + 1)
})

test('a stream that its client left is begun anew, and each call is charged once', async () => {
  const asked = asOwn(question('left', { mode: 'stream', model: 'first/long?tokens=200&tps=400' }))
  const before = calls()
  const leaving = new AbortController()
  const response = await send(house.url, { ...asked, signal: leaving.signal })
  const reader = response.body?.getReader()
  await reader?.read()
  leaving.abort()
  const row = await house.rowOf(idOf(response.headers))
  expect(row.outcome).toBe('client-gone')
  const again = await ask(house.url, asked)
  expect([again.status, again.complete, again.headers.has('idempotent-replayed')]).toEqual([200, true, false])
  expect((await ask(house.url, asked)).wire).toBe(again.wire)
  expect(calls()).toBe(before + 2)
})

test('strangers are refused before anything is looked up', async () => {
  const asked = question('stranger')
  expect((await ask(house.url, { ...asked, key: 'gh_test_nobody' })).status).toBe(401)
})

test('the official SDK that tries again by itself gets the answer of its first try', async () => {
  let tries = 0
  const client = new OpenAI({
    baseURL: `${house.url}/v1`,
    apiKey: house.key(),
    maxRetries: 3,
    async fetch(url, init) {
      const response = await fetch(url, init)
      tries += 1
      // The answer of the first is lost on its way.
      if (tries > 1) return response
      await response.text()
      throw new TypeError('the connection was lost')
    },
  })
  const before = calls()
  const { data, response } = await client.chat.completions
    .create(
      { model: 'first/echo', messages: [{ role: 'user', content: 'Once.' }] },
      { headers: { 'Idempotency-Key': 'sdk-1' } },
    )
    .withResponse()
  expect([tries, response.headers.get('idempotent-replayed')]).toEqual([2, 'true'])
  expect(data.choices[0]?.message.content).toContain('Once.')
  expect(calls()).toBe(before + 1)
})

test('they are found by the query', async () => {
  const found = async (query: string) => {
    const response = await house.gateway.askAdmin(`/api/v1/requests?limit=500&q=${query}`)
    return readObjects(parseJsonObject(await response.text()) ?? {}, 'data').map((row) =>
      readString(row, 'id'),
    )
  }
  const [replayed, others] = [await found('replayed:yes'), await found('replayed:no')]
  expect([replayed.length > 0, others.length > 0]).toEqual([true, true])
  expect(replayed.filter((id) => others.includes(id))).toEqual([])
})

test('what was answered outlives the gateway, even one that is killed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-again-'))
  const provider = await openTestProvider(DIALECTS)
  const key = makeKeyText()
  const environment = { PROVIDER_KEY: TEST_CREDENTIAL, KEY_DEV: key }
  writeFileSync(
    join(directory, 'gatehouse.yaml'),
    JSON.stringify({
      providers: { first: providerEntry(provider.url) },
      keys: [{ name: 'dev', value: 'env:KEY_DEV' }],
    }),
  )
  try {
    const told = new Map<string, string>()
    const killed = await startGatewayProcess({ directory, environment })
    for (const mode of MODES)
      told.set(mode, (await ask(killed.url, question(`k-${mode}`, { mode, key }))).wire)
    const hanging = ask(killed.url, question('hung', { key, model: 'first/slow?ttft=2s' })).catch(
      () => undefined,
    )
    while (provider.bill.entries().length < 3) await provider.requests.next()
    await killed.kill()
    await hanging
    const next = await startGatewayProcess({ directory, environment })
    for (const mode of MODES) {
      const again = await ask(next.url, question(`k-${mode}`, { mode, key }))
      expect([again.headers.get('idempotent-replayed'), again.wire]).toEqual(['true', told.get(mode) ?? ''])
    }
    expect(provider.bill.entries()).toHaveLength(3)
    const anew = await ask(next.url, question('hung', { key, model: 'first/slow?ttft=2s' }))
    expect([anew.status, anew.headers.has('idempotent-replayed')]).toEqual([200, false])
    await next.stop()
    const { ledger } = await readRecords(dataOf(directory))
    expect(ledger).toHaveLength(provider.bill.entries().length)
  } finally {
    await provider.close()
    rmSync(directory, { recursive: true, force: true })
  }
}, 60_000)
