import { writeFileSync } from 'node:fs'
import { expect, test } from 'bun:test'
import type { ConfigFile } from '../../src/config/config-file.fixture.ts'
import { parseJsonObject, readObject } from '../../src/kit/json.ts'
import { CLIENT_DIALECTS, MODES } from '../modes.ts'
import { ask, readAnswer, send, type Answer } from './asking.ts'
import { openHouse, type House } from './open-house.ts'

type Sections = Omit<ConfigFile, 'providers' | 'keys'>

const KEYS = { worker: { project: 'team' } } as const
const CHANGES = 20
const WORKERS = 8

/** Another configuration for every number: other targets, prices, projects and limits. */
function sectionsOf(change: number): Sections {
  const [near, far] = change % 2 === 0 ? ['first', 'second'] : ['second', 'first']
  return {
    routes: {
      busy:
        change % 3 === 0
          ? [`${near}/echo`]
          : { strategy: 'weighted', targets: [`${near}/echo`, `${far}/echo`] },
      [`only-${change}`]: [`${near}/echo`],
    },
    models: { 'first/echo': priced(change + 1), 'second/echo': priced(1) },
    projects: {
      team: { limits: { rpm: 1_000_000 + change }, budgets: [{ usd: 10_000_000 + change, per: 'month' }] },
    },
  }
}

/** A model that costs so many dollars a request. */
function priced(request: number): NonNullable<Sections['models']>[string] {
  return { price: { input: 0, output: 0, request } }
}

function write(house: House, sections: Sections): void {
  writeFileSync(house.gateway.configFile, house.configText(sections))
}

async function configStatus(house: House): Promise<{ plan: unknown; healthy: unknown }> {
  const status = parseJsonObject(await (await house.gateway.askAdmin('/statusz')).text()) ?? {}
  const config = readObject(status, 'config') ?? {}
  return { plan: config['plan'], healthy: config['last_reload_ok'] }
}

async function metric(house: House, line: string): Promise<string[]> {
  const text = await (await house.gateway.askAdmin('/metrics')).text()
  return text.split('\n').filter((found) => found.startsWith(line))
}

/** Clients that ask without a pause; each answer is told to whoever waits for it. */
function startLoad(house: House): {
  answers: Answer[]
  more(count: number): Promise<void>
  stop(): Promise<void>
} {
  const answers: Answer[] = []
  const stopping = new AbortController()
  let waiting: { readonly count: number; readonly resolve: () => void } | undefined
  const work = async (worker: number): Promise<void> => {
    for (let turn = 0; !stopping.signal.aborted; turn += 1) {
      const dialect = CLIENT_DIALECTS[turn % CLIENT_DIALECTS.length] ?? 'openai-chat'
      const mode = MODES[worker % 2] ?? 'unary'
      answers.push(
        await ask(house.url, {
          dialect,
          mode,
          model: 'busy',
          key: house.key('worker'),
          text: 'Not one fails.',
        }),
      )
      if (waiting !== undefined && answers.length >= waiting.count) waiting.resolve()
    }
  }
  const workers = Array.from({ length: WORKERS }, (_, worker) => work(worker))
  return {
    answers,
    more: (count) =>
      new Promise((resolve) => {
        waiting = { count: answers.length + count, resolve }
      }),
    async stop() {
      stopping.abort()
      await Promise.all(workers)
    },
  }
}

test('under load, twenty changes of the file cost not one request', async () => {
  const house = await openHouse({ config: sectionsOf(0), keys: KEYS })
  const load = startLoad(house)
  const plans = new Set<unknown>()
  for (let change = 1; change <= CHANGES; change += 1) {
    await load.more(WORKERS)
    write(house, sectionsOf(change))
    house.gateway.gatehouse.reload()
    plans.add((await configStatus(house)).plan)
    const answer = await ask(house.url, {
      dialect: 'openai-chat',
      mode: 'unary',
      model: `only-${change}`,
      key: house.key(),
    })
    expect(answer.status).toBe(200)
    const gone = await ask(house.url, {
      dialect: 'openai-chat',
      mode: 'unary',
      model: `only-${change - 1}`,
      key: house.key(),
    })
    expect(gone.status).toBe(404)
  }
  await load.more(WORKERS)
  await load.stop()
  expect(plans.size).toBe(CHANGES)
  for (const answer of load.answers)
    expect(answer).toMatchObject({ status: 200, text: 'Not one fails.', complete: true })
  expect(await metric(house, 'gatehouse_config_reload_total')).toEqual([
    `gatehouse_config_reload_total{outcome="applied"} ${CHANGES}`,
  ])
  const { ledger, requests } = await house.close()
  expect(new Set(requests.map(({ planVersion }) => planVersion)).size).toBe(CHANGES + 1)
  // Each attempt was charged by the price of its own plan.
  for (const row of ledger.filter(({ target }) => target === 'first/echo')) {
    const version = requests.find(({ id }) => id === row.requestId)?.planVersion ?? ''
    expect(row.costNanoUsd).toBe(BigInt(version.split('-')[0] ?? 0) * 1_000_000_000n)
  }
  expect(ledger.every(({ outcome }) => outcome === 'ok')).toBe(true)
})

/** Files that must not replace a good one. */
const BAD_FILES: readonly (readonly [string, string])[] = [
  ['is not YAML', '{ routes: ['],
  ['is empty of sense', '[]'],
  ['has an unknown section', '{ "rotues": {} }'],
  ['names a provider that there is not', '{ "routes": { "busy": ["frist/echo"] } }'],
  ['needs a secret that there is not', '{ "providers": { "openai": "env:NOT_SET_ANYWHERE" } }'],
]

test('a bad file changes nothing and is reported until it is right again', async () => {
  const house = await openHouse({ config: sectionsOf(0), keys: KEYS })
  const load = startLoad(house)
  const before = await configStatus(house)
  for (const [index, [, text]] of BAD_FILES.entries()) {
    await load.more(10)
    writeFileSync(house.gateway.configFile, text)
    house.gateway.gatehouse.reload()
    house.gateway.gatehouse.reload()
    expect(await configStatus(house)).toEqual({ plan: before.plan, healthy: false })
    expect(await metric(house, 'gatehouse_config_last_reload_success')).toEqual([
      'gatehouse_config_last_reload_success 0',
    ])
    expect(await metric(house, 'gatehouse_config_reload_total')).toEqual([
      `gatehouse_config_reload_total{outcome="refused"} ${index + 1}`,
    ])
    expect(house.gateway.log).toHaveLength(index + 1)
  }
  await load.more(10)
  await load.stop()
  for (const answer of load.answers) expect(answer).toMatchObject({ status: 200, text: 'Not one fails.' })
  write(house, sectionsOf(1))
  house.gateway.gatehouse.reload()
  const after = await configStatus(house)
  expect(after.healthy).toBe(true)
  expect(after.plan).not.toBe(before.plan)
  expect(await metric(house, 'gatehouse_config_last_reload_success')).toEqual([
    'gatehouse_config_last_reload_success 1',
  ])
  await house.close()
})

test('a request under way finishes on the plan that it began with', async () => {
  const house = await openHouse({
    config: {
      routes: { slow: ['first/slow?ttft=1ms&tps=300', 'second/echo'] },
      models: { 'first/slow?ttft=1ms&tps=300': { price: { input: 0, output: 0, request: 3 } } },
    },
    keys: { worker: { budget: { usd: 10, per: 'day' } } },
  })
  const question = {
    dialect: 'openai-chat',
    mode: 'stream',
    model: 'slow',
    key: house.key('worker'),
  } as const
  const response = await send(house.url, question)
  write(house, { routes: { other: ['second/echo'] } })
  house.gateway.gatehouse.reload()
  expect((await ask(house.url, question)).status).toBe(404)
  const answer = await readAnswer(response, question)
  expect(answer).toMatchObject({ complete: true })
  const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
  expect(row).toMatchObject({ outcome: 'ok', costNanoUsd: 3_000_000_000n })
  expect(row.planVersion).toStartWith('1-')
  await house.close()
})

test('what the file says about keys holds for the next request', async () => {
  const house = await openHouse({ config: { projects: { team: {} } }, keys: KEYS })
  const question = {
    dialect: 'anthropic-messages',
    mode: 'unary',
    model: 'first/echo',
    key: house.key('worker'),
  } as const
  expect((await ask(house.url, question)).status).toBe(200)
  write(house, { projects: { team: { models: ['second/*'] } } })
  house.gateway.gatehouse.reload()
  expect((await ask(house.url, question)).status).toBe(403)
  const projects = { team: { budgets: [{ usd: 0, per: 'total' } as const] } }
  write(house, { models: { 'first/echo': priced(1) }, projects })
  house.gateway.gatehouse.reload()
  expect((await ask(house.url, question)).status).toBe(402)
  writeFileSync(house.gateway.configFile, JSON.stringify({ ...JSON.parse(house.configText({})), keys: [] }))
  house.gateway.gatehouse.reload()
  expect((await ask(house.url, question)).status).toBe(401)
  await house.close()
})

test('the file is noticed without being told', async () => {
  const house = await openHouse({ config: sectionsOf(0), keys: KEYS })
  const before = await configStatus(house)
  write(house, sectionsOf(1))
  // The time of the test ends it: files are looked at by the system's clock.
  while ((await configStatus(house)).plan === before.plan) await Bun.sleep(50)
  await house.close()
})
