import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHmac } from 'node:crypto'
import {
  isObject,
  parseJsonObject,
  readArray,
  readObjects,
  readString,
  type JsonObject,
} from '../../src/kit/json.ts'
import { createMovableClock } from '../movable-clock.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'

const MINUTE_MS = 60_000

/** No alert may say it. */
const SAID = 'a secret of the customer'
const SIGNING_KEY = Buffer.alloc(32, 3).toString('base64')
const got: { readonly headers: Headers; readonly text: string; readonly body: JsonObject }[] = []
const receiver = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    const text = await request.text()
    got.push({ headers: request.headers, text, body: parseJsonObject(text) ?? {} })
    return new Response('ok')
  },
})

const CONFIG = `
providers: { sim: {} }
routes:
  support: { targets: ['sim/flaky?rate=1&error=500'], fallback: { to: [sim/smart] } }
  broken: { targets: ['sim/flaky?rate=1&error=500'] }
alerts:
  channels:
    hook: { type: webhook, url: 'http://127.0.0.1:${receiver.port}/', secret: env:HOOK_SECRET, private: true }
  rules:
    storm:
      kind: fallback-storm
      above: 20%
      over: 5m
      at_least: 6
      resolve_after: 2m
    errors: { measure: error_rate, by: route, when: 'route:broken', above: 50%, at_least: 4, severity: critical }
`

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-alerts-'))
const time = createMovableClock()
let gateway: RunningGateway

const open = (): Promise<RunningGateway> =>
  openRunningGateway({
    config: CONFIG,
    clock: time.clock,
    directory,
    environment: { HOOK_SECRET: `whsec_${SIGNING_KEY}` },
  })

beforeAll(async () => {
  gateway = await open()
})

afterAll(async () => {
  await gateway.close()
  await receiver.stop(true)
  rmSync(directory, { recursive: true, force: true })
})

const events = (): readonly string[] =>
  got.flatMap(({ body }) => {
    const data = body['data']
    return isObject(data)
      ? readObjects(data, 'alerts').map(
          (alert) =>
            `${readString(alert, 'event')} ${readString(alert, 'rule')}: ${readString(alert, 'key')}`,
        )
      : []
  })

/** Waits until something is so; the test's own limit ends it. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve))
}

async function ask(path: string, init: RequestInit = {}): Promise<JsonObject> {
  const response = await gateway.askAdmin(path, init)
  return parseJsonObject(await response.text()) ?? {}
}

const post = (path: string, body: object = {}): Promise<JsonObject> =>
  ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

/** Asks a route so often, and waits until that stands in the log: rules look at what does, when time passes. */
async function chat(model: string, times: number): Promise<void> {
  const ids: string[] = []
  for (let count = 0; count < times; count += 1) {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model,
        messages: [{ role: 'user', content: SAID }],
      }),
    })
    await response.text()
    ids.push(response.headers.get('x-request-id') ?? '')
  }
  for (const id of ids) await until(async () => (await gateway.askAdmin(`/api/v1/requests/${id}`)).ok)
}

const ruleNamed = async (name: string): Promise<JsonObject> =>
  readObjects(await ask('/api/v1/alerts'), 'rules').find((rule) => rule['name'] === name) ?? {}

/** When the rule was looked at that comes last. */
async function lookedAt(): Promise<string> {
  const { last } = await ruleNamed('errors')
  return isObject(last) ? (readString(last, 'at') ?? '') : ''
}

/** Moves time by minutes, and waits after each until the rules were looked at. */
async function pass(minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    const before = await lookedAt()
    time.move(MINUTE_MS)
    await until(async () => (await lookedAt()) !== before)
  }
}

test('a fallback storm rings once and is over once, though the gateway was started again meanwhile', async () => {
  await chat('support', 8)
  await pass(2)
  await until(() => events().length > 0)
  expect(events()).toEqual(['fired storm: route support'])
  const storm = await ruleNamed('storm')
  expect(storm).toMatchObject({ state: 'firing', kind: 'fallback-storm', to: ['hook'] })
  expect(readObjects(storm, 'alerts')).toMatchObject([
    { key: 'route support', told: ['hook'], unit: 'share' },
  ])

  await gateway.close()
  gateway = await open()
  await pass(1)
  expect(await ruleNamed('storm')).toMatchObject({ state: 'firing' })
  await pass(12)
  await until(() => events().length > 1)
  expect(events()).toEqual(['fired storm: route support', 'resolved storm: route support'])
  expect(await ruleNamed('storm')).toMatchObject({ state: 'quiet', alerts: [] })
  const history = readObjects(await ask('/api/v1/alerts/history'), 'data')
  expect(history).toMatchObject([{ rule: 'storm', state: 'resolved', key: 'route support' }])
})

test('what is posted is signed, and holds nothing of what was said', async () => {
  await until(() => got.length > 0)
  for (const { headers, text } of got) {
    const signed = `${headers.get('webhook-id')}.${headers.get('webhook-timestamp')}.${text}`
    const signature = createHmac('sha256', Buffer.from(SIGNING_KEY, 'base64')).update(signed).digest('base64')
    expect(headers.get('webhook-signature')).toBe(`v1,${signature}`)
    expect(text).not.toContain(SAID)
    expect(text).not.toContain(gateway.key)
  }
})

test('a channel is tested, a rule muted and told of, and messages are listed by pages', async () => {
  const before = got.length
  const tested = await post('/api/v1/alert-channels/hook/test')
  expect(tested).toMatchObject({ channel: 'hook', state: 'delivered' })
  expect(got).toHaveLength(before + 1)
  const first = await ask('/api/v1/alert-deliveries?limit=1')
  expect(readObjects(first, 'data')).toMatchObject([{ id: tested['id'] }])
  const next = await ask(`/api/v1/alert-deliveries?limit=1&after=${readString(first, 'next')}`)
  expect(readArray(next, 'data')).toHaveLength(1)
  expect(await post('/api/v1/alerts/storm/mute', { for: '2h', by: 'ana' })).toMatchObject({
    muted: { by: 'ana' },
  })
  expect(await post('/api/v1/alerts/strom/mute', { for: '2h' })).toMatchObject({
    status: 404,
    nearest: ['storm'],
  })
  const unmuted = await ask('/api/v1/alerts/storm/mute', { method: 'DELETE' })
  expect(unmuted).toMatchObject({ muted: null })
  expect(await post('/api/v1/alerts/storm/acknowledge')).toMatchObject({ status: 404 })
})

test('a draft says how often it would have rung, and what is wrong with it', async () => {
  const rule = { measure: 'fallback_rate', by: 'route', above: '20%', over: '5m', at_least: 6 }
  const preview = await post('/api/v1/alerts/preview', { rule, days: 1 })
  expect(preview).toMatchObject({
    fired: 1,
    replayed: true,
    alerts: [{ key: 'route support', unit: 'share' }],
  })
  const wrong = await post('/api/v1/alerts/preview', { rule: { ...rule, measure: 'falback_rate' } })
  expect(wrong).toMatchObject({
    status: 400,
    errors: [{ path: 'rule.measure', hint: 'Did you mean "fallback_rate"?' }],
  })
  expect(await post('/api/v1/alerts/preview', { rule: { kind: 'drill' } })).toMatchObject({
    replayed: false,
    fired: null,
  })
})
