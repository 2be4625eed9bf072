import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { ConfigFile } from '../../src/config/config-file.fixture.ts'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider, TEST_CREDENTIAL } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import { parseJsonObject, readString, type JsonObject } from '../../src/kit/json.ts'
import { parseUsd } from '../../src/kit/money.ts'
import { createSeededRandom } from '../../src/kit/random.ts'
import { costOf } from '../../src/pricing/cost.ts'
import { CLIENT_DIALECTS, MODES } from '../modes.ts'
import { ask, type Answer } from './asking.ts'
import { compileGateway } from './compile-gateway.ts'
import { dataOf, startGatewayProcess, type GatewayProcess } from './gateway-process.ts'
import { makeKeyText, providerEntry, readRecords, type Records } from './open-house.ts'

const KILLS = 12
const CLIENTS = 12
/** Requests that reach the provider before a life ends, at most. */
const LONGEST_LIFE = 60
const MODELS = [
  'echo',
  'smart',
  'long?tokens=120&tps=4000',
  'reason',
  'slow?ttft=15ms&tps=2000',
  'fault?kind=status-500',
] as const

/** What the configuration says: $3 and $15 per million. */
const PRICE = { id: 'p', input: 3_000_000n, output: 15_000_000n, simulated: false }

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-kill-'))
const keyText = makeKeyText()
const program = compileGateway(directory)
const environment = { PROVIDER_KEY: TEST_CREDENTIAL, KEY_CROWD: keyText }
const random = createSeededRandom(20_261_120)

let provider: SimulatedProvider
/** What clients were told to the end, by request id. */
const completed = new Map<string, Answer>()
let records: Records
/** Stored answers as clients were told them, one of each life, and as the last life told them again. */
const stored: { readonly told: JsonObject; again?: JsonObject }[] = []
/** What a route that keeps answers was asked, one question of each life, and what came of it when the last life was asked the same. */
const kept: { readonly text: string; again?: Answer }[] = []

function writeConfig(limitUsd: number): void {
  const config: ConfigFile = {
    providers: { first: providerEntry(provider.url) },
    models: Object.fromEntries(
      MODELS.map((model) => [`first/${model}`, { price: { input: 3, output: 15 } }]),
    ),
    routes: { kept: { targets: ['first/echo'], cache: { sampled: true } } },
    keys: [{ name: 'crowd', value: 'env:KEY_CROWD', budget: { usd: limitUsd, per: 'month' } }],
  }
  writeFileSync(join(directory, 'gatehouse.yaml'), JSON.stringify(config))
}

/** Asks again and again until the gateway is gone. */
async function askUntilGone(gateway: GatewayProcess): Promise<void> {
  for (;;) {
    const dialect = CLIENT_DIALECTS[Math.floor(random.next() * CLIENT_DIALECTS.length)] ?? 'openai-chat'
    const mode = MODES[Math.floor(random.next() * MODES.length)] ?? 'unary'
    const model = `first/${MODELS[Math.floor(random.next() * MODELS.length)]}`
    try {
      const answer = await ask(gateway.url, { dialect, mode, model, key: keyText, maxTokens: 200 })
      if (answer.complete) completed.set(answer.headers.get('x-request-id') ?? '', answer)
    } catch {
      return
    }
  }
}

/** Asks for an answer that is to be stored. */
async function askStored(gateway: GatewayProcess): Promise<void> {
  const question = { dialect: 'openai-responses', mode: 'unary', model: 'first/echo' } as const
  const answer = await ask(gateway.url, { ...question, key: keyText })
  completed.set(answer.headers.get('x-request-id') ?? '', answer)
  stored.push({ told: parseJsonObject(answer.wire) ?? {} })
}

const isHit = ({ headers }: Answer): boolean => headers.get('x-gatehouse-cache') === 'hit'

function askKept(gateway: GatewayProcess, text: string): Promise<Answer> {
  return ask(gateway.url, { dialect: 'openai-chat', mode: 'unary', model: 'kept', key: keyText, text })
}

/** Asks what is to be kept, and once more what any life before was asked. */
async function askAgain(gateway: GatewayProcess): Promise<void> {
  const text = `What was life ${kept.length} like?`
  kept.push({ text })
  for (const one of kept) {
    one.again = await askKept(gateway, one.text)
    // What is given again has no row in the ledger.
    if (isHit(one.again)) continue
    completed.set(one.again.headers.get('x-request-id') ?? '', one.again)
  }
}

async function readStored(gateway: GatewayProcess): Promise<void> {
  for (const one of stored) {
    const url = `${gateway.url}/v1/responses/${readString(one.told, 'id')}`
    const response = await fetch(url, { headers: { authorization: `Bearer ${keyText}` } })
    if (response.status === 200) one.again = parseJsonObject(await response.text()) ?? {}
  }
}

/** One life: some requests, then SIGKILL in the middle of others. */
async function liveAndDie(): Promise<void> {
  const gateway = await startGatewayProcess({ directory, environment, program })
  await askStored(gateway)
  await askAgain(gateway)
  const clients = Array.from({ length: CLIENTS }, () => askUntilGone(gateway))
  const arrivals = 1 + Math.floor(random.next() * LONGEST_LIFE)
  for (let count = 0; count < arrivals; count += 1) await provider.requests.next()
  await gateway.kill()
  await Promise.all(clients)
}

beforeAll(async () => {
  provider = await openTestProvider(DIALECTS)
  writeConfig(1_000)
  for (let life = 0; life < KILLS; life += 1) await liveAndDie()
  await Promise.all(provider.bill.entries().map(({ ordinal }) => provider.bill.settled(ordinal)))
  // The last life replays what the one before left, and ends in peace.
  const gateway = await startGatewayProcess({ directory, environment, program })
  await readStored(gateway)
  await askAgain(gateway)
  expect(await gateway.stop()).toBe(0)
  records = await readRecords(dataOf(directory))
})

afterAll(async () => {
  await provider.close()
  rmSync(directory, { recursive: true, force: true })
})

test('there was enough to lose', () => {
  expect(provider.bill.entries().length).toBeGreaterThan(KILLS * 5)
  expect(completed.size).toBeGreaterThan(KILLS * 3)
  expect(provider.bill.entries().some(({ outcome }) => outcome === 'aborted')).toBe(true)
  expect(records.ledger.some(({ basis }) => basis === 'crash-estimate')).toBe(true)
})

test('stored answers are as they were told, and only those of the last moment of a life are gone', () => {
  const found = stored.filter(({ again }) => again !== undefined)
  for (const { told, again } of found) expect(again).toEqual(told)
  // How many lives are long enough for a batch of the store is the machine's affair.
  expect(found.length).toBeGreaterThan(0)
})

test('an answer that is kept is never that to another question, whenever its writer died', () => {
  for (const { text, again } of kept) expect(again).toMatchObject({ status: 200, complete: true, text })
  const hits = kept.filter(({ again }) => again !== undefined && isHit(again))
  expect(hits.length).toBeGreaterThan(0)
})

test('every request that reached the provider has exactly one row, and no attempt was sent twice', () => {
  const rows = new Map(records.ledger.map((row) => [row.id, row]))
  expect(rows.size).toBe(records.ledger.length)
  const attempts = provider.bill.entries().map(({ attemptId }) => attemptId ?? 'none')
  expect(new Set(attempts).size).toBe(attempts.length)
  expect(attempts.filter((id) => !rows.has(id))).toEqual([])
})

test('a row that the provider knows nothing of is one that was announced as the process died', () => {
  const billed = new Set(provider.bill.entries().map(({ attemptId }) => attemptId))
  for (const row of records.ledger) {
    if (!billed.has(row.id)) expect(row).toMatchObject({ outcome: 'crashed', basis: 'crash-estimate' })
  }
})

test('what the provider reported is what stands in the ledger', () => {
  let reported = 0
  for (const row of records.ledger) {
    if (row.basis !== 'reported') continue
    reported += 1
    const [entry] = provider.bill.ofAttempt(row.id)
    expect({
      ...row,
      input: row.usage.inputTokens,
      output: row.usage.outputTokens,
      reasoning: row.usage.reasoningTokens,
    }).toMatchObject({
      input: entry?.usage?.inputTokens ?? -1,
      output: entry?.usage?.outputTokens ?? -1,
      reasoning: entry?.usage?.reasoningTokens ?? -1,
    })
  }
  expect(reported).toBeGreaterThan(KILLS * 3)
})

test('budgets are charged no less than the bill for any attempt, those that died included', () => {
  let cut = 0
  for (const { attemptId = '', outcome, usage } of provider.bill.entries()) {
    if (usage === undefined) continue
    if (outcome === 'aborted') cut += 1
    const row = records.ledger.find(({ id }) => id === attemptId)
    expect(row?.chargedNanoUsd ?? row?.costNanoUsd).toBeGreaterThanOrEqual(costOf(usage, PRICE) ?? 0n)
  }
  expect(cut).toBeGreaterThan(0)
})

test('every answer whose end a client saw was settled before', () => {
  for (const [requestId] of completed) {
    const rows = records.ledger.filter((row) => row.requestId === requestId)
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({ outcome: 'ok', basis: 'reported' })
  }
})

test('a budget knows after all that what was spent', async () => {
  const spent = records.ledger.reduce(
    (sum, { costNanoUsd = 0n, chargedNanoUsd = costNanoUsd }) => sum + chargedNanoUsd,
    0n,
  )
  writeConfig(0)
  const gateway = await startGatewayProcess({ directory, environment, program })
  const answer = await ask(gateway.url, {
    dialect: 'openai-chat',
    mode: 'unary',
    model: 'first/echo',
    key: keyText,
  })
  expect(answer.status).toBe(402)
  expect(parseUsd(readString(answer.error ?? {}, 'spent_usd') ?? '')).toBe(spent)
  expect(await gateway.stop()).toBe(0)
})

test('killed while it replays, it replays again', async () => {
  writeConfig(1_000)
  for (let life = 0; life < 3; life += 1) {
    const gateway = await startGatewayProcess({ directory, environment, program })
    const answer = await ask(gateway.url, {
      dialect: 'anthropic-messages',
      mode: 'stream',
      model: 'first/echo',
      key: keyText,
    })
    expect(answer).toMatchObject({ status: 200, complete: true })
    await gateway.kill()
  }
  const gateway = await startGatewayProcess({ directory, environment, program })
  await gateway.stop()
  const { ledger } = await readRecords(dataOf(directory))
  expect(ledger).toHaveLength(records.ledger.length + 3)
  expect(new Set(ledger.map(({ id }) => id)).size).toBe(ledger.length)
})
