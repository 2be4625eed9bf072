import { expect, test } from 'bun:test'
import { compileText } from '../config/compile.fixture.ts'
import { addToHistory, HISTORY_SETTING } from '../drills/rehearse/history.ts'
import type { DrillReport } from '../drills/rehearse/report.ts'
import { readObjects } from '../kit/json.ts'
import type { AdminRoute } from './admin-route.ts'
import { toDrillReportJson } from './drills-json.ts'
import { drillRoutes, type DrillState } from './drills.ts'

const NOW_MS = Date.UTC(2026, 0, 5, 8)

const { plan } = compileText(`
providers: { sim: }
routes: { support: [sim/smart] }
drills:
  weekly: { cron: "0 9 * * 1", faults: [{ kind: outage, provider: sim }] }
  asked: { faults: [{ kind: outage, provider: sim }] }
`)

const REHEARSALS = '/api/v1/rehearsals'

const reportOf = (drill: string, atMs: number, passed: boolean): DrillReport => ({
  drill,
  atMs,
  tookMs: 1.5,
  faults: ['outage of sim'],
  traffic: 'invented',
  passed,
  routes: [
    {
      route: 'support',
      requests: 3,
      answered: 2,
      refusedByRule: 1,
      struck: 1,
      servedBy: { 'sim/smart': 2 },
      outcomes: { ok: 2 },
      statuses: { 200: 2 },
      p95Ms: 400.2,
      p95AddedMs: 0,
      broken: passed ? [] : ['success is 66 %'],
    },
  ],
  books: { attempts: 3, billed: 3, broken: [] },
  left: [],
})

function open(states: Readonly<Record<string, DrillState>> = {}, isOpen = true) {
  if (plan === undefined) throw new Error('the plan of the test does not compile')
  const asked: string[] = []
  const reports = Array.from({ length: 30 }, (_, index) =>
    reportOf('weekly', NOW_MS - 1_000 + index, index % 2 > 0),
  )
  const history = reports.reduce<string | undefined>(addToHistory, undefined)
  const routes = drillRoutes({
    plan: () => plan,
    drills: {
      ask(name) {
        asked.push(name)
        return isOpen ? 'waiting' : undefined
      },
      stateOf: (name) => states[name] ?? 'idle',
      rehearse({ provider, fault }) {
        asked.push(`${fault} of ${provider}`)
        return isOpen ? Promise.resolve(toDrillReportJson(reportOf('quick', NOW_MS, true))) : undefined
      },
    },
    settings: { get: async (name) => (name === HISTORY_SETTING ? history : undefined) },
    nowMs: () => NOW_MS,
  })
  const call = async (method: AdminRoute['method'], path: string, name = '', body = {}) => {
    const at = path === REHEARSALS ? path : `/api/v1/drills${path}`
    const route = routes.find((one) => one.method === method && one.path === at)
    const response = await route?.handle({
      params: { name },
      query: new URLSearchParams(),
      headers: new Headers(),
      body,
    })
    return { status: response?.status, json: await response?.json() }
  }
  return { call, asked }
}

test('drills are listed with when they run next, what goes on, and what came of them last', async () => {
  const { call } = open({ asked: 'running' })
  const { json } = await call('GET', '')
  expect(readObjects(json, 'reports')).toHaveLength(20)
  expect(json).toMatchObject({
    providers: ['sim'],
    faults: expect.arrayContaining([{ kind: 'outage', means: expect.stringContaining('refused') }]),
    data: [
      {
        name: 'weekly',
        cron: '0 9 * * 1',
        next: '2026-01-05T09:00:00.000Z',
        state: 'idle',
        last: { at: new Date(NOW_MS - 971).toISOString(), passed: true },
      },
      { name: 'asked', cron: null, next: null, state: 'running', last: null },
    ],
  })
})

test('one is told with its latest reports, which say what is broken and what a rule refused', async () => {
  const { json } = await open().call('GET', '/{name}', 'weekly')
  const reports = readObjects(json, 'reports')
  expect(reports).toHaveLength(20)
  expect(reports[1]).toMatchObject({
    passed: false,
    took_ms: 2,
    routes: [{ answered: 2, refused_by_rule: 1, broken: ['success is 66 %'], cost_times: null }],
  })
})

test('one is run when it is asked for; one that there is not is answered with the nearest', async () => {
  const { call, asked } = open()
  expect(await call('POST', '/{name}', 'asked')).toEqual({
    status: 202,
    json: { name: 'asked', state: 'waiting' },
  })
  expect(asked).toEqual(['asked'])
  for (const method of ['GET', 'POST'] as const)
    expect(call(method, '/{name}', 'weakly')).rejects.toMatchObject({
      code: 'not-found',
      facts: { nearest: ['weekly'] },
    })
  expect(call('POST', '/{name}', 'asked', { live: true })).rejects.toMatchObject({ code: 'invalid-request' })
  expect(open({}, false).call('POST', '/{name}', 'asked')).rejects.toMatchObject({ code: 'not-now' })
  expect(asked).toEqual(['asked'])
})

test('the outage of a provider is rehearsed at once; of one that nobody leads to, or beside another, it is not', async () => {
  const { call, asked } = open()
  expect(await call('POST', REHEARSALS, '', { provider: 'sim' })).toMatchObject({
    status: 200,
    json: { drill: 'quick', passed: true },
  })
  expect(asked).toEqual(['outage of sim'])
  expect(call('POST', REHEARSALS, '', { provider: 'sin' })).rejects.toMatchObject({
    facts: { nearest: ['sim'] },
  })
  expect(call('POST', REHEARSALS, '', { provider: 'sim', fault: 'store-down' })).rejects.toMatchObject({
    code: 'invalid-request',
  })
  expect(open({}, false).call('POST', REHEARSALS, '', { provider: 'sim' })).rejects.toMatchObject({
    code: 'not-now',
  })
})
