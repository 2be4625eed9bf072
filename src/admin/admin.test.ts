import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createKeyedPlaceholders } from '../guardrails/placeholders.ts'
import { NO_COUNTS } from '../exchange/units.ts'
import { compileText } from '../config/compile.fixture.ts'
import { configJsonSchema } from '../config/schema-names.ts'
import { metricFacts } from '../telemetry/metrics.ts'
import type { MetricView } from '../telemetry/registry.ts'
import { DIALECTS } from '../dialects/all.ts'
import { NO_LOADS } from '../exchange/load-view.ts'
import type { Plan } from '../gateway/plan.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { hmacSha256Hex } from '../kit/hash.ts'
import {
  parseJsonObject,
  readArray,
  readObject,
  readObjects,
  readString,
  type JsonObject,
} from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { createSeededRandom } from '../kit/random.ts'
import { Secret } from '../kit/secret.ts'
import { mintKey, parseKey } from '../exchange/virtual-key.ts'
import { toLedgerText } from '../store/ledger-text.ts'
import { toRequestText } from '../store/request-text.ts'
import { openStore } from '../store/open-store.ts'
import type { LedgerRow, RequestRow, Store } from '../store/store.ts'
import { createTestAlerting } from '../alerts/test-alerting.fixture.ts'
import { ALERT_WORDS } from '../boot/alert-words.ts'
import { createAdmin, type Admin } from './admin.ts'
import { openTestAudit } from './audit.fixture.ts'
import { openApiDocument } from './openapi.ts'
import { declaredAnswers, type CheckAnswer } from '../../test/declared-answers.ts'
import { Validator } from '@seriousme/openapi-schema-validator'
import type { DrillDesk } from './drills.ts'
import { createMemoryAnswers } from '../store/memory/answers.ts'
import { createPromptPrefixes } from '../routing/prompt-prefixes.ts'
import { openTestSimilar } from '../policies/cache/similar-kept.fixture.ts'
import { openTestCanaries } from '../experiments/canaries.fixture.ts'
import type { ReleaseDesk } from './release-desk.ts'
import type { StatusReport } from './status-report.ts'

const clock = createManualClock()
const random = createSeededRandom(1)
const hmac = (secret: string): string => hmacSha256Hex('pepper', secret)
const declared = mintKey({ environment: 'live', random, hmac })
let store: Store
let admin: Admin
let draining = false
let changes = 0
const defects: unknown[] = []

function planInForce(): Plan {
  const { plan } = compileText('projects: { support: {} }\nkeys: [{ name: declared, value: env:KEY }]', {
    environment: { KEY: declared.text.reveal() },
  })
  if (plan === undefined) throw new Error('the plan of the test does not compile')
  return plan
}

const canaries = await openTestCanaries(clock)
const similar = await openTestSimilar()

const report = (): StatusReport => ({
  version: '1.2.3',
  startedAtMs: clock.nowMs() - 90_000,
  dataUrl: 'http://127.0.0.1:4100',
  planVersion: '1-abcdef',
  configHealthy: true,
  draining,
  troubles: [],
  inFlight: 2,
  providers: [{ name: 'sim', from: 'built in', state: 'ready' }],
  routes: [{ name: 'auto', targets: ['sim/smart'] }],
})

const NO_DRILLS: DrillDesk = { ask: () => undefined, stateOf: () => 'idle', rehearse: () => undefined }
const NO_RELEASES: ReleaseDesk = {
  now: () => ({ compiled: compileText(''), managed: '', healthy: true, drifted: false }),
  list: () => Promise.resolve({ rows: [] }),
  read: () => Promise.resolve(undefined),
  draft: () => ({ compiled: compileText(''), changes: [] }),
  compare: () => ({ compiled: compileText(''), changes: [] }),
  change: () => Promise.reject(new Error('nothing is changed here')),
  rollBack: () => Promise.resolve(undefined),
  drift: () => undefined,
  trial: () => undefined,
  promote: () => Promise.resolve(undefined),
  giveUp: () => Promise.resolve(undefined),
  schemaOf: configJsonSchema,
}
const NOTHING_GOES_ON = {
  createPlaceholders: createKeyedPlaceholders(hmac),
  checking: {
    enterAs: () => {
      throw new Error('nobody asks here')
    },
    ask: () => Promise.reject(new Error('nobody asks here')),
    telemetry: { log() {} },
  },
  drills: NO_DRILLS,
  releases: NO_RELEASES,
  secrets: { names: () => [], set: () => Promise.resolve(false), remove: () => Promise.resolve(false) },
  loads: NO_LOADS,
  health: { entries: () => [] },
  gates: { entries: () => [] },
  budgets: { budgets: async () => [], rates: async () => [] },
  onTopUps: async () => undefined,
  newId: () => 'top_1',
  earlierUsedAtMs: () => undefined,
  sinks: [
    { name: 'hook', stalledMs: 0, refusal: undefined, waiting: 1, delivered: 2, lost: 0 },
    { name: 'archive', stalledMs: 4_000.4, refusal: 'status 403', waiting: 9, delivered: 0, lost: 3 },
  ],
  log: () => undefined,
  audit: openTestAudit(),
  flushContent: () => Promise.resolve(),
  cached: createMemoryAnswers(1_000_000),
  answersOnDisk: false,
  explaining: { dialects: DIALECTS, compileDraft: compileText, usesOf: () => [] },
  connectable: [],
  keyTrials: {
    definitions: [],
    tryKey: () => Promise.resolve({ verdict: 'unreachable' as const, host: '' }),
  },
  playground: {
    enterAs: () => {
      throw new Error('nobody asks here')
    },
    inFlight: () => 0,
    written: () => Promise.resolve(),
  },
} as const

const METRICS: MetricView[] = [
  {
    name: 'gatehouse_keys',
    facts: metricFacts('gatehouse_keys'),
    numbers: [{ labels: [], value: 7 }],
    distributions: [],
  },
]

/** Every answer of this file is what the document says. */
let check: CheckAnswer
const TOKEN = 'gha_right'
const RIGHT = { authorization: `Bearer ${TOKEN}` }

function build(host: string): Admin {
  const plan = planInForce()
  return createAdmin({
    store,
    canaries,
    similar,
    alerts: { ...createTestAlerting({ store: store.alerts, clock }), words: ALERT_WORDS },
    prompts: createPromptPrefixes(),
    ...NOTHING_GOES_ON,
    plan: () => plan,
    report,
    metrics: () => METRICS,
    readDashboard: () => Promise.resolve('{}'),
    mintKey: () => mintKey({ environment: 'live', random, hmac }),
    onKeysChanged: () => (changes += 1),
    refuseKey: () => undefined,
    clock,
    random,
    host,
    token: new Secret(TOKEN),
    onError: (error) => defects.push(error),
  })
}

async function ask(path: string, init: RequestInit = {}, over: Admin = admin) {
  const headers = new Headers(init.headers)
  if (!headers.has('authorization')) headers.set('authorization', RIGHT.authorization)
  const request = new Request(`http://127.0.0.1:4101${path}`, { ...init, headers })
  const response = await over.handle(request, { address: '127.0.0.1' })
  const text = await response.text()
  const { status } = response
  check({
    method: init.method ?? 'GET',
    path,
    status,
    contentType: response.headers.get('content-type'),
    text,
  })
  return { status: response.status, headers: response.headers, text, json: parseJsonObject(text) ?? {} }
}

const texts = (object: JsonObject, key: string): string[] =>
  readArray(object, key).filter((value) => typeof value === 'string')

const post = (path: string, body: unknown) =>
  ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

const requestRow = (id: string, changed: Partial<RequestRow> = {}): RequestRow => ({
  id,
  atMs: clock.nowMs() - 5_000,
  dialect: 'openai-chat',
  operation: 'chat',
  stream: false,
  requestedModel: 'auto',
  target: 'sim/smart',
  owners: { key: 'k1' },
  keyName: '<b>helpdesk</b>',
  outcome: 'ok',
  status: 200,
  durationMs: 12,
  upstreamMs: 11,
  inputTokens: 10,
  outputTokens: 5,
  costNanoUsd: 4_350_000n,
  estimated: false,
  simulated: false,
  attempts: 'sim/smart=200/12ms',
  notices: '',
  decision: JSON.stringify({ id: `dec_${id.slice(4)}`, route: 'auto', candidates: [] }),
  planVersion: '1-abcdef',
  ...changed,
})

const ledgerRow = (id: string, changed: Partial<LedgerRow> = {}): LedgerRow => ({
  id,
  requestId: 'req_1',
  ordinal: 1,
  atMs: clock.nowMs() - 5_000,
  owners: { key: 'k1' },
  route: 'auto',
  target: 'openai/gpt',
  provider: 'openai',
  model: 'gpt',
  outcome: 'ok',
  durationMs: 12,
  usage: { ...NO_COUNTS, inputTokens: 10, outputTokens: 5 },
  basis: 'reported',
  costNanoUsd: 4_350_000n,
  simulated: false,
  ...changed,
})

beforeAll(async () => {
  store = await openStore({ url: 'memory:', clock })
  admin = build('127.0.0.1')
  check = declaredAnswers(openApiDocument(admin.routes, '1.2.3'))
  await store.requests.append([1, 2, 3].map((number) => toRequestText(requestRow(`req_${number}`))))
  const rows = [
    ledgerRow('att_1'),
    ledgerRow('att_2', {
      requestId: 'req_2',
      model: 'smart',
      provider: 'sim',
      simulated: true,
      costNanoUsd: 7n,
    }),
  ]
  await store.ledger.append(rows.map((row) => toLedgerText(row)))
})
afterAll(() => store.close())

describe('keys', () => {
  test('a key is made, shown once, listed, looked at and revoked', async () => {
    const made = await post('/api/v1/keys', {
      name: 'helpdesk',
      models: ['openai/*'],
      rpm: '1k',
      budget: { usd: '5.25', per: 'day' },
      expires: '2027-06-30',
    })
    expect(made.status).toBe(201)
    const text = readString(made.json, 'key') ?? ''
    const id = readString(made.json, 'id') ?? ''
    expect(parseKey(text)?.id).toBe(id)
    expect(made.json).toMatchObject({
      origin: 'api',
      status: 'active',
      limits: { rpm: 1_000 },
      budgets: [{ usd: '5.250000', nano_usd: '5250000000', per: 'day' }],
      expires_at: '2027-06-30T23:59:59.999Z',
    })
    const secret = parseKey(text)?.secret ?? '?'
    const record = await store.keys.find(id)
    expect(record?.secretHmac).toBe(hmac(secret))

    const listed = await ask('/api/v1/keys')
    expect(readObjects(listed.json, 'data').map((key) => key['name'])).toEqual(['declared', 'helpdesk'])
    expect(listed.text).not.toContain(secret)
    expect((await ask(`/api/v1/keys/${id}`)).json['name']).toBe('helpdesk')

    const before = changes
    expect((await ask(`/api/v1/keys/${id}`, { method: 'DELETE' })).json['status']).toBe('revoked')
    expect((await ask(`/api/v1/keys/${id}`, { method: 'DELETE' })).json['status']).toBe('revoked')
    expect(changes).toBeGreaterThan(before)
  })

  test('a misspelt field is refused with the nearest name, never stored', async () => {
    const answer = await post('/api/v1/keys', { name: 'typo', budgt: { usd: 5, per: 'day' } })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.json).toMatchObject({
      code: 'invalid-request',
      errors: [{ path: 'budgt', message: 'unknown key', hint: 'Did you mean "budget"?' }],
    })
    expect((await store.keys.list({ limit: 500 })).rows.some((key) => key.name === 'typo')).toBe(false)
  })

  test('amounts that are not numbers are refused', async () => {
    for (const usd of ['NaN', -1, 'Infinity', null, '1e3']) {
      expect((await post('/api/v1/keys', { name: 'x', budget: { usd, per: 'day' } })).status).toBe(400)
    }
  })

  test('what a key wants of targets is checked as in the file, and told in its words', async () => {
    const only = { retention: '30d', tags: ['gold'] }
    const made = await post('/api/v1/keys', { name: 'held', only, queue: { max: 20, wait: '30s' } })
    expect(made.json).toMatchObject({
      code: 'invalid-request',
      errors: [{ path: 'only', message: expect.stringContaining('no provider fulfils') }],
    })
    const wrong = await post('/api/v1/keys', {
      name: 'held',
      only: { providers: ['simm'] },
      queue: { max: 0 },
    })
    expect(wrong.text).toContain('queue.wait')
    const misspelt = await post('/api/v1/keys', { name: 'held', only: { providers: ['simm'] } })
    expect(misspelt.json).toMatchObject({
      errors: [
        { path: 'only.providers[0]', message: 'there is no provider simm', hint: 'Did you mean "sim"?' },
      ],
    })
    const held = await post('/api/v1/keys', {
      name: 'held',
      only: { providers: ['sim'] },
      queue: { max: 20, wait: '30s' },
    })
    const words = { only: { providers: ['sim'] }, queue: { max: 20, wait: '30s' } }
    expect([held.status, held.json]).toMatchObject([201, words])
    expect((await ask(`/api/v1/keys/${readString(held.json, 'id') ?? ''}`)).json).toMatchObject(words)
  })

  test('a key of the file is read-only', async () => {
    const answer = await ask(`/api/v1/keys/${declared.id}`, { method: 'DELETE' })
    expect(answer.status).toBe(409)
    expect(answer.json['code']).toBe('read-only')
  })

  test('a key of a project that nobody declared is refused: it would have no budget', async () => {
    const answer = await post('/api/v1/keys', { name: 'x', project: 'suport' })
    expect(answer.status).toBe(400)
    expect(answer.json).toMatchObject({
      errors: [{ path: 'project', message: 'there is no project suport', hint: 'Did you mean "support"?' }],
    })
    expect((await post('/api/v1/keys', { name: 'x', project: 'support' })).status).toBe(201)
  })

  test('a name is given once, and budgets are said once', async () => {
    const twice = { name: 'once', budget: { usd: 1, per: 'day' }, budgets: [] }
    expect((await post('/api/v1/keys', twice)).text).toContain('budget and budgets exclude each other')
    const made = await post('/api/v1/keys', { name: 'once' })
    expect((await post('/api/v1/keys', { name: 'once' })).text).toContain(
      'There is a key called once already',
    )
    await ask(`/api/v1/keys/${readString(made.json, 'id')}`, { method: 'DELETE' })
    expect((await post('/api/v1/keys', { name: 'once' })).status).toBe(201)
  })

  test('an unknown key is answered with the nearest by name', async () => {
    await post('/api/v1/keys', { name: 'payments' })
    const answer = await ask('/api/v1/keys/paymnts')
    expect(answer.status).toBe(404)
    const [nearest = ''] = texts(answer.json, 'nearest')
    expect((await store.keys.find(nearest))?.name).toBe('payments')
  })

  test('only JSON is taken, and only so much of it', async () => {
    const form = await ask('/api/v1/keys', { method: 'POST', body: 'name=x' })
    expect(form.status).toBe(415)
    expect((await post('/api/v1/keys', '{"name":')).status).toBe(400)
    expect((await post('/api/v1/keys', JSON.stringify({ name: 'x'.repeat(70_000) }))).status).toBe(413)
  })
})

describe('usage', () => {
  test('real money and invented money are never added', async () => {
    const answer = await ask('/api/v1/usage?by=model&from=24h')
    expect(answer.status).toBe(200)
    expect(readObject(answer.json, 'total')).toMatchObject({
      attempts: 2,
      cost: { usd: '0.004350', nano_usd: '4350000' },
      simulated: { nano_usd: '7' },
    })
  })

  test('the total is that of everything, also of what the list leaves out', async () => {
    const total = async (query: string) => readObject((await ask(`/api/v1/usage${query}`)).json, 'total')
    expect(await total('?by=model&limit=1')).toEqual((await total('')) ?? {})
    expect(await total('?from=1970-01-01')).toMatchObject({ attempts: 2 })
  })

  test('wrong parameters are named, unknown ones with the nearest', async () => {
    expect((await ask('/api/v1/usage?by=weather')).text).toContain('expected model or target or key')
    expect((await ask('/api/v1/usage?form=24h')).text).toContain('Did you mean \\"from\\"?')
    expect((await ask('/api/v1/usage?from=yesterday')).status).toBe(400)
  })
})

describe('requests and decisions', () => {
  test('requests are listed in pages', async () => {
    const first = await ask('/api/v1/requests?limit=2')
    expect(readObjects(first.json, 'data').map(({ id }) => id)).toEqual(['req_3', 'req_2'])
    expect(first.json['has_more']).toBe(true)
    const next = await ask(
      `/api/v1/requests?limit=2&after=${encodeURIComponent(readString(first.json, 'next') ?? '')}`,
    )
    expect(readObjects(next.json, 'data').map(({ id }) => id)).toEqual(['req_1'])
    expect(next.json['has_more']).toBe(false)
  })

  test('a page that nobody made is refused, and no defect', async () => {
    for (const path of ['/api/v1/requests', '/api/v1/keys']) {
      const answer = await ask(`${path}?after=garbage`)
      expect([answer.status, answer.json['code']]).toEqual([400, 'invalid-request'])
    }
    expect(defects).toEqual([])
  })

  test('no list is longer than 500 rows', async () => {
    for (const limit of ['0', '501', '-1', 'all']) {
      expect((await ask(`/api/v1/requests?limit=${limit}`)).status).toBe(400)
    }
  })

  test('are told over time, with what is 0 and what is not known, and what is no measure is refused', async () => {
    const chart = await ask('/api/v1/series?measure=requests,duration_p95,cost&from=30d')
    expect(chart.status).toBe(200)
    const [all = {}] = readObjects(chart.json, 'series')
    const values = readObject(all, 'values') ?? {}
    const requests = readArray(values, 'requests').map(Number)
    const log = readObjects((await ask('/api/v1/requests?limit=500&from=30d')).json, 'data')
    expect(requests.reduce((sum, count) => sum + count, 0)).toBe(log.length)
    expect(readArray(chart.json, 'at')).toHaveLength(requests.length)
    const empty = requests.indexOf(0)
    expect([readArray(values, 'duration_p95')[empty], readArray(values, 'cost')[empty]]).toEqual([
      null,
      { usd: '0.000000', nano_usd: '0' },
    ])
    expect((await ask('/api/v1/series?from=2020-01-01&to=2020-01-02')).json).toMatchObject({
      series: [{ name: '' }],
    })
    const { status, json } = await ask('/api/v1/series?measure=request')
    expect([status, readObjects(json, 'errors')]).toEqual([
      400,
      [{ path: 'measure', message: 'there is no measure "request"', hint: 'Did you mean requests?' }],
    ])
    expect((await ask('/api/v1/series?step=1m&from=30d')).status).toBe(400)
    expect((await ask('/api/v1/series?q=nothing')).status).toBe(400)
  })

  test('are asked for in one language, and what is none is told with its place and the nearest name', async () => {
    const ids = async (search: string) =>
      readObjects((await ask(`/api/v1/requests?${search}`)).json, 'data').map((row) => readString(row, 'id'))
    const all = await ids('limit=500')
    const [first] = all
    expect(await ids(`q=${encodeURIComponent(`id:${first ?? ''}`)}`)).toEqual([first])
    expect(await ids(`limit=500&q=${encodeURIComponent(`-id:"${first ?? ''}"`)}`)).toEqual(all.slice(1))
    expect(await ids('from=2200-01-01')).toEqual([])
    const { status, json } = await ask(`/api/v1/requests?q=${encodeURIComponent('id:a -rout:b')}`)
    expect(status).toBe(400)
    expect(readObjects(json, 'errors')).toEqual([
      { path: 'q', message: 'at 7: There is no field "rout".', hint: 'Did you mean route?' },
    ])
    expect((await ask('/api/v1/requests?outcome=overlaoded')).status).toBe(400)
  })

  test('one request comes with its attempts and its decision', async () => {
    const { json } = await ask('/api/v1/requests/req_1')
    expect(readObjects(json, 'attempt_rows').map(({ id }) => id)).toEqual(['att_1'])
    expect(readObject(json, 'decision')).toMatchObject({ route: 'auto' })
    expect(json['cost']).toEqual({ usd: '0.004350', nano_usd: '4350000' })
  })

  test('a decision is found by its id and by that of its request', async () => {
    expect((await ask('/api/v1/decisions/dec_2')).json['request_id']).toBe('req_2')
    expect((await ask('/api/v1/decisions/req_2')).json['request_id']).toBe('req_2')
    expect((await ask('/api/v1/decisions/dec_9')).status).toBe(404)
  })
})

test('sinks that fail are told before those that deliver', async () => {
  const { json } = await ask('/api/v1/sinks')
  expect(readObjects(json, 'data')).toEqual([
    {
      name: 'archive',
      state: 'failing',
      waiting: 9,
      delivered: 0,
      lost: 3,
      failing_ms: 4_000,
      reason: 'status 403',
    },
    { name: 'hook', state: 'delivering', waiting: 1, delivered: 2, lost: 0 },
  ])
})

describe('feedback', () => {
  const give = (body: unknown, id = 'req_2') => post(`/api/v1/requests/${id}/feedback`, body)

  test('is shown with its request, oldest first, and goes with it', async () => {
    const said = { label: 'tone', comment: '<b>Too long.</b>', by: 'ana' }
    expect(await give({ score: 'down', ...said })).toMatchObject({
      status: 201,
      json: { score: -1, ...said },
    })
    await give({ score: 0.5 })
    const { json } = await ask('/api/v1/requests/req_2')
    expect(readObjects(json, 'feedback').map(({ score }) => score)).toEqual([-1, 0.5])
    await store.requests.append([toRequestText(requestRow('req_old', { atMs: 1 }))])
    await give({ score: 'up' }, 'req_old')
    const never = {
      requestBytes: 1e9,
      seriesMinutesBeforeMs: 0,
      seriesHoursBeforeMs: 0,
      shadowsBeforeMs: 0,
      shadowRows: 1,
      responsesBeforeMs: 0,
      keysBeforeMs: 0,
    }
    await store.prune({ ...never, requestsBeforeMs: 2, keptKey: '' })
    expect(await store.feedback.of('req_old')).toEqual([])
    expect(await store.feedback.of('req_2')).toHaveLength(2)
  })

  test('is bounded, and a mistake is told', async () => {
    for (const score of [2, -1.1, 'sideways', null, true]) expect((await give({ score })).status).toBe(400)
    for (const more of [{ comment: 'x'.repeat(2_001) }, { labl: 'x' }, { by: '' }])
      expect((await give({ score: 1, ...more })).status).toBe(400)
    expect((await give({ score: 1 }, 'req_nobody')).status).toBe(404)
    for (let count = 0; count < LIMITS.requestFeedback; count += 1) await give({ score: 1 }, 'req_3')
    expect((await give({ score: 1 }, 'req_3')).json['code']).toBe('too-much')
  })
})

describe('health', () => {
  test('a draining gateway is alive and not ready', async () => {
    expect((await ask('/readyz')).status).toBe(200)
    draining = true
    expect((await ask('/readyz')).status).toBe(503)
    expect((await ask('/livez')).status).toBe(200)
    draining = false
  })

  test('status and metrics are told', async () => {
    expect((await ask('/statusz')).json).toMatchObject({ version: '1.2.3', uptime_s: 90, store: 'ok' })
    expect((await ask('/metrics')).text).toEndWith('\ngatehouse_keys 7\n')
    const accept = 'application/openmetrics-text'
    expect((await ask('/metrics', { headers: { ...RIGHT, accept } })).text).toEndWith('\n# EOF\n')
  })
})

describe('the status page', () => {
  test('shows what there is, escapes names from outside and allows nothing from elsewhere', async () => {
    const page = await ask('/status')
    expect(page.text).toContain('http://127.0.0.1:4100/v1')
    expect(page.text).toContain('&lt;b&gt;helpdesk&lt;/b&gt;')
    expect(page.text).not.toContain('<b>helpdesk')
    expect(page.text).not.toMatch(/<script|src=|href="http/)
    const policy = page.headers.get('content-security-policy') ?? ''
    const nonce = /style-src 'nonce-([^']+)'/.exec(policy)?.[1]
    expect(policy).toStartWith("default-src 'none';")
    expect(page.text).toContain(`<style nonce="${nonce}">`)
    expect(page.headers.get('x-frame-options')).toBe('DENY')
  })
})

describe('who may ask', () => {
  test('a name that is not ours is refused on loopback, whatever it resolves to', async () => {
    for (const host of [
      'evil.example',
      'evil.example:4101',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
    ]) {
      expect((await ask('/api/v1/keys', { headers: { host } })).status).toBe(403)
      expect((await ask('/livez', { headers: { host } })).status).toBe(403)
    }
    for (const host of ['localhost:4101', '127.0.0.1:4101', '[::1]:4101', 'localhost']) {
      expect((await ask('/livez', { headers: { host } })).status).toBe(200)
    }
  })

  test.each(['127.0.0.1', '0.0.0.0'])(
    'the token is required everywhere but at the probes of a listener on %s',
    async (host) => {
      const guarded = build(host)
      const withToken = (authorization: string, path = '/api/v1/keys') =>
        ask(path, { headers: { authorization } }, guarded)
      for (const { method, path, open } of guarded.routes) {
        const given = await ask(path, { method, headers: { authorization: '' } }, guarded)
        expect([path, given.status === 401]).toEqual([path, open !== true])
      }
      expect((await withToken('', '/api/v1/nowhere')).status).toBe(401)
      expect((await withToken(RIGHT.authorization)).status).toBe(200)
      expect((await withToken(`Basic ${btoa(`any:${TOKEN}`)}`, '/status')).status).toBe(200)
    },
  )

  test('what a browser sends by itself changes nothing', async () => {
    const headers = { authorization: `Basic ${btoa(`any:${TOKEN}`)}`, 'content-type': 'application/json' }
    const sent = await ask('/api/v1/keys', { method: 'POST', headers, body: '{"name":"x"}' })
    expect(sent.status).toBe(401)
    expect(sent.text).toContain('in the file admin.token of the data directory')
  })

  test('a wrong token waits a second for its answer, and a right one never', async () => {
    let answered = false
    const wrong = ask('/api/v1/keys', { headers: { authorization: 'Bearer gha_wrong' } }).then((answer) => {
      answered = true
      return answer
    })
    expect((await ask('/api/v1/keys')).status).toBe(200)
    clock.advance(999)
    await ask('/livez')
    expect(answered).toBe(false)
    clock.advance(1)
    expect((await wrong).status).toBe(401)
  })

  test('guesses made side by side are no faster: nothing is compared while too many wait', async () => {
    const guess = (text: string) => ask('/api/v1/keys', { headers: { authorization: text } })
    const waiting = Array.from({ length: LIMITS.adminTokenGuesses }, () => guess('Basic %%%'))
    const refused = await guess(RIGHT.authorization)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    clock.advance(1_000)
    for (const { status } of await Promise.all(waiting)) expect(status).toBe(401)
    expect((await guess(RIGHT.authorization)).status).toBe(200)
  })

  test('who guesses from one address keeps nobody out who comes from another, unless many do', async () => {
    const from = async (address: string, authorization: string): Promise<number> => {
      const request = new Request('http://127.0.0.1:4101/api/v1/keys', { headers: { authorization } })
      return (await admin.handle(request, { address })).status
    }
    const waiting: Promise<number>[] = []
    const guessFrom = (address: string): void => {
      for (let left = LIMITS.adminTokenGuesses; left > 0; left -= 1)
        waiting.push(from(address, 'Bearer gha_wrong'))
    }
    guessFrom('10.0.0.1')
    expect(await from('10.0.0.1', RIGHT.authorization)).toBe(429)
    expect(await from('10.0.0.9', RIGHT.authorization)).toBe(200)
    while (waiting.length < LIMITS.allAdminTokenGuesses) guessFrom(`10.0.1.${waiting.length}`)
    expect(await from('10.0.0.9', RIGHT.authorization)).toBe(429)
    clock.advance(1_000)
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([401]))
    expect(await from('10.0.0.1', RIGHT.authorization)).toBe(200)
  })
})

describe('paths', () => {
  test('an unknown path is answered with the nearest, a wrong method with the right ones', async () => {
    const missing = await ask('/api/v1/key')
    expect(missing.status).toBe(404)
    expect(readArray(missing.json, 'nearest')[0]).toBe('/api/v1/keys')
    const application = await ask('/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: 'Bearer gh_x' },
    })
    expect(application.status).toBe(404)
    expect(JSON.stringify(application.json)).toContain('applications use http://127.0.0.1:4100')
    const wrong = await ask('/api/v1/usage', { method: 'DELETE' })
    expect(wrong.status).toBe(405)
    expect(wrong.headers.get('allow')).toBe('GET')
  })

  test('a defect is a problem document without details, and is reported', async () => {
    const broken = { ...store, keys: { ...store.keys, list: () => Promise.reject(new Error('disk')) } }
    const over = createAdmin({
      store: broken,
      canaries,
      similar,
      alerts: { ...createTestAlerting({ store: store.alerts, clock }), words: ALERT_WORDS },
      prompts: createPromptPrefixes(),
      ...NOTHING_GOES_ON,
      plan: planInForce,
      report,
      metrics: () => [],
      readDashboard: () => Promise.resolve('{}'),
      mintKey: () => declared,
      onKeysChanged: () => undefined,
      refuseKey: () => undefined,
      clock,
      random,
      host: 'localhost',
      token: new Secret(TOKEN),
      onError: (error) => defects.push(error),
    })
    const answer = await ask('/api/v1/keys', {}, over)
    expect(answer.status).toBe(500)
    expect(answer.text).not.toContain('disk')
    expect(String(defects.at(-1))).toContain('disk')
  })
})

describe('the OpenAPI document', () => {
  test('names every route with its parameters and answers', async () => {
    const { json } = await ask('/openapi.json')
    const paths = readObject(json, 'paths') ?? {}
    for (const route of admin.routes.filter(({ path }) => path !== '/openapi.json')) {
      expect(readObject(readObject(paths, route.path) ?? {}, route.method.toLowerCase())).toBeDefined()
    }
    const create = readObject(readObject(paths, '/api/v1/keys') ?? {}, 'post') ?? {}
    expect(JSON.stringify(create['requestBody'])).toContain('"additionalProperties":false')
  })

  test('is a valid OpenAPI 3.1 document', async () => {
    const validator = new Validator()
    const { valid, errors } = await validator.validate((await ask('/openapi.json')).json)
    expect([valid, validator.version, errors ?? []]).toEqual([true, '3.1', []])
  })

  test('allows everything that a row may hold', async () => {
    const owners = { key: 'k', user: 'u', customer: 'c', project: 'p', team: 't', organisation: 'o' }
    const asked: Required<RequestRow> = {
      ...requestRow('req_full', { route: 'auto', owners, costNanoUsd: 1n }),
      route: 'auto',
      target: 'sim/smart',
      keyName: 'k',
      firstEventMs: 1,
      costNanoUsd: 1n,
      savedNanoUsd: -1n,
      cache: 'hit',
      attemptCount: 1,
      decision: '{}',
      purpose: 'judge',
      parentId: 'req_1',
    }
    const spent: Required<LedgerRow> = {
      ...ledgerRow('att_full', { requestId: 'req_full', owners }),
      status: 200,
      begunFor: 'first',
      rung: 1,
      costNanoUsd: 1n,
      chargedNanoUsd: 2n,
      anomalies: 'a b',
      servedTiers: 'flex',
      priceId: 'list:1',
      purpose: 'judge',
      parentId: 'req_1',
    }
    await store.requests.append([toRequestText(asked)])
    await store.ledger.append([toLedgerText(spent)])
    const { json } = await ask('/api/v1/requests/req_full')
    expect(readObjects(json, 'attempt_rows')).toMatchObject([{ price_id: 'list:1' }])
    for (const path of ['/api/v1/requests', '/api/v1/receipts/req_full', '/api/v1/usage?by=customer'])
      expect((await ask(path)).status).toBe(200)
  })

  test('holds answers to what it says, unknown members included', async () => {
    const { text } = await ask('/api/v1/requests/req_1')
    const answer = { method: 'GET', path: '/api/v1/requests/req_1', status: 200, text }
    const given = (changed: object): (() => void) => {
      const one = { ...answer, contentType: 'application/json', ...changed }
      return () => check(one)
    }
    expect(given({})).not.toThrow()
    expect(given({ text: text.replace('{', '{"more":1,') })).toThrow('more')
    expect(given({ text: text.replace('"status":200', '"status":"200"') })).toThrow('status')
    expect(given({ status: 201 })).toThrow('no schema tells')
    expect(given({ path: '/api/v1/nowhere' })).toThrow('not in the document')
    expect(given({ status: 404 })).toThrow('no schema tells')
  })
})
