import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { csvLine } from '../../src/admin/csv-text.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'

const CONFIG = `
providers:
  sim: {}
  backup: { type: sim }
routes:
  both: [sim/smart, backup/smart]
  alone: [sim/smart]
  elsewhere: [backup/smart]
`

let gateway: RunningGateway

beforeAll(async () => {
  gateway = await openRunningGateway({ config: CONFIG })
  for (const model of ['both', 'both', 'alone', 'elsewhere', 'nobody']) {
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
    })
    await answer.text()
    const id = answer.headers.get('x-request-id') ?? ''
    while (!(await gateway.askAdmin(`/api/v1/requests/${id}`)).ok) await Bun.sleep(10)
  }
})
afterAll(() => gateway.close())

const ask = async (path: string) => (await gateway.askAdmin(path)).json()

describe('the overview', () => {
  test('tells figures, traffic, spend, providers and routes in one answer; without a week before it compares with nothing', async () => {
    const told = await ask('/api/v1/overview?from=1h')
    const figure = (measure: string) =>
      told.figures.find((one: { measure: string }) => one.measure === measure)
    const sum = (values: number[]) => values.reduce((all, value) => all + value, 0)
    expect(figure('requests')).toMatchObject({ value: 5, before: null })
    expect([sum(told.traffic.ok), sum(told.traffic.failed), sum(told.traffic.gone)]).toEqual([4, 1, 0])
    expect(
      told.spend.targets.map(({ name, calls }: { name: string; calls: number }) => [name, calls]),
    ).toEqual([
      ['sim/smart', 3],
      ['backup/smart', 1],
    ])
    expect(told.providers).toContainEqual(expect.objectContaining({ name: 'backup', calls: 1, failed: 0 }))
    expect(told.routes).toContainEqual(expect.objectContaining({ name: 'both', requests: 2, failed: 0 }))
    expect(told.changes).toEqual([])
    expect([told.timed_out, told.budgets]).toEqual([[], []])
    expect(told.overhead_p95_ms).toBeGreaterThanOrEqual(0)
  })

  test('a time that ends before it begins is refused with a hint', async () => {
    const answer = await gateway.askAdmin('/api/v1/overview?from=2026-01-02&to=2026-01-01')
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('Let `from` be before `to`.')
  })
})

describe('an export of requests', () => {
  test('is what the query asks for, and no text of it is a formula', async () => {
    const csv = await (await gateway.askAdmin('/api/v1/exports/requests?q=route:both')).text()
    const [head, ...lines] = csv.trimEnd().split('\r\n')
    expect(head).toStartWith('id,at,status,outcome,requested_model,route,target,')
    expect(lines.length).toBe(2)
    expect(csvLine(['=1+1', -1, undefined, 'a"b', true])).toBe(`"'=1+1",-1,,"a""b",true\r\n`)
    const jsonl = await (await gateway.askAdmin('/api/v1/exports/requests?format=jsonl')).text()
    expect(
      jsonl
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).requested_model),
    ).toContain('nobody')
    expect((await gateway.askAdmin('/api/v1/exports/requests?q=rout:both')).status).toBe(400)
  })
})

describe('what if a provider goes down now', () => {
  test('who takes over is told by route, and who would be lost first of all', async () => {
    const told = await ask('/api/v1/outages?provider=sim')
    expect(told).toMatchObject({ decided: 4, at_provider: 3, answered: 2, unanswered: 1 })
    expect(told.groups).toMatchObject([
      { route: 'alone', requests: 1, lost_at_first: 1 },
      { route: 'both', to: 'backup/smart', requests: 2, lost_at_first: 0, simulated: true },
    ])
    expect(told.groups[1].cost_then).toEqual(told.groups[1].cost_now)
  })

  test('a provider that nobody needs changes nothing; one that there is not is told with the nearest name', async () => {
    expect(await ask('/api/v1/outages?provider=backup&last=4')).toMatchObject({
      at_provider: 1,
      unanswered: 1,
    })
    const unknown = await gateway.askAdmin('/api/v1/outages?provider=bakup')
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { nearest: ['backup'] }])
    expect((await gateway.askAdmin('/api/v1/outages?provider=sim&last=99999')).status).toBe(400)
  })
})

// Last, since what it asks is counted by those before.
describe('the overview, when something is wrong,', () => {
  test('tells of budgets that are spent, of another configuration, and of what took too long', async () => {
    const key = await (
      await gateway.askAdmin('/api/v1/keys', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'poor', budget: { usd: 0, per: 'day' } }),
      })
    ).json()
    writeFileSync(gateway.configFile, `${CONFIG}  late: ['sim/smart?ttft=5s']\n`)
    let told = await ask('/api/v1/overview?from=1h')
    for (let tries = 0; tries < 200 && told.changes.length === 0; tries += 1) {
      await Bun.sleep(20)
      told = await ask('/api/v1/overview?from=1h')
    }
    expect(told.changes).toEqual([
      expect.objectContaining({ kind: 'config', name: '2', by: 'file', changes: ['route late is new'] }),
    ])
    expect(told.budgets).toEqual([
      expect.objectContaining({ id: `key:${key.id}:day`, state: 'spent', name: 'poor' }),
    ])
    const late = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'late',
        messages: [{ role: 'user', content: 'hi' }],
        gatehouse: { timeout_ms: 50 },
      }),
    })
    await late.text()
    const id = late.headers.get('x-request-id') ?? ''
    while (!(await gateway.askAdmin(`/api/v1/requests/${id}`)).ok) await Bun.sleep(10)
    const { outcome } = await ask(`/api/v1/requests/${id}`)
    expect((await ask('/api/v1/overview?from=1h')).timed_out).toEqual([{ outcome, requests: 1 }])
  })
})
