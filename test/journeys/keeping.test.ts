import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Database } from 'bun:sqlite'
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { ConfigFile } from '../../src/config/config-file.fixture.ts'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider, TEST_CREDENTIAL } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import { parseJsonObject, readObjects, readString } from '../../src/kit/json.ts'
import { ask, type Answer } from './asking.ts'
import { compileGateway } from './compile-gateway.ts'
import { dataOf, startGatewayProcess, type GatewayProcess } from './gateway-process.ts'
import { makeKeyText, providerEntry, readRecords } from './open-house.ts'

/** How soon things are seen is told by a clock in `stored-keys.test.ts` and the ledger's; here a busy machine is given its time. */
const PATIENCE_MS = 60_000

const keyText = makeKeyText()
let provider: SimulatedProvider
const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-keeping-'))
const program = compileGateway(scratch)
const cleanups: (() => unknown)[] = []

beforeAll(async () => {
  provider = await openTestProvider(DIALECTS)
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
afterAll(async () => {
  await provider.close()
  if (disk !== undefined) Bun.spawnSync(['umount', '--lazy', disk])
  rmSync(scratch, { recursive: true, force: true })
})

let directories = 0
/** A directory with a configuration. */
function workplace(): string {
  directories += 1
  const directory = join(scratch, String(directories))
  mkdirSync(directory)
  const config: ConfigFile = {
    providers: { first: providerEntry(provider.url) },
    models: { 'first/echo': { price: { input: 3, output: 15 } } },
    keys: [{ name: 'crowd', value: 'env:KEY_CROWD', budget: { usd: 1_000, per: 'month' } }],
  }
  writeFileSync(join(directory, 'gatehouse.yaml'), JSON.stringify(config))
  return directory
}

async function start(directory: string, options: { voice?: number; data?: string } = {}) {
  const environment = { PROVIDER_KEY: TEST_CREDENTIAL, KEY_CROWD: keyText }
  const gateway = await startGatewayProcess({ directory, environment, program, ...options })
  const data = options.data ?? dataOf(directory)
  cleanups.push(() => gateway.kill())
  return { gateway, data, token: readFileSync(join(data, 'admin.token'), 'utf8').trim() }
}

type Running = Awaited<ReturnType<typeof start>>

function askEcho({ url }: GatewayProcess, changes: { key?: string; model?: string } = {}): Promise<Answer> {
  const question = { dialect: 'openai-chat', mode: 'unary', model: 'first/echo', key: keyText } as const
  return ask(url, { ...question, ...changes })
}

function admin({ gateway, token }: Running, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return fetch(`${gateway.adminUrl}${path}`, { ...init, headers })
}

/** Makes a key at the admin API; gives its id and text. */
async function createKey(running: Running): Promise<{ id: string; key: string }> {
  const response = await admin(running, '/api/v1/keys', { method: 'POST', body: '{"name":"app"}' })
  const created = parseJsonObject(await response.text()) ?? {}
  return { id: readString(created, 'id') ?? '', key: readString(created, 'key') ?? '' }
}

/** Revokes a key behind the gateway's back, as another process on the same store does. */
function revokeElsewhere(data: string, id: string): void {
  const database = new Database(join(data, 'gatehouse.db'))
  database.run('pragma busy_timeout = 5000')
  database.query('update keys set revoked_at_ms = 1 where id = ?').run(id)
  database.close()
}

/** Asks until the answer is as wanted. */
async function waitFor(what: () => Promise<boolean>): Promise<void> {
  const began = performance.now()
  while (!(await what())) {
    if (performance.now() - began > PATIENCE_MS) throw new Error(`not within ${PATIENCE_MS} ms`)
    await Bun.sleep(25)
  }
}

async function readiness({ adminUrl }: GatewayProcess): Promise<string> {
  const response = await fetch(`${adminUrl}/readyz`)
  return `${response.status} ${await response.text()}`
}

/** Every attempt that the provider was sent has one row, priced as the provider bills it. */
async function expectLedgerEqualsBill(data: string, since: number): Promise<number> {
  const { ledger } = await readRecords(data)
  const billed = provider.bill.entries().filter(({ ordinal }) => ordinal > since)
  const rows = new Map(ledger.map((row) => [row.id, row]))
  expect(rows.size).toBe(ledger.length)
  for (const { attemptId, usage } of billed) {
    const row = rows.get(attemptId ?? '')
    expect(row).toMatchObject({
      outcome: 'ok',
      basis: 'reported',
      usage: { inputTokens: usage?.inputTokens ?? -1, outputTokens: usage?.outputTokens ?? -1 },
    })
  }
  expect(ledger).toHaveLength(billed.length)
  return billed.length
}

test.each(['nobody reads', 'the disk is full'])(
  'where its words go %s: it serves, revokes and stops',
  async (trouble) => {
    const directory = workplace()
    const pipe = join(directory, 'pipe')
    if (trouble === 'nobody reads') Bun.spawnSync(['mkfifo', pipe])
    const voice = trouble === 'nobody reads' ? openSync(pipe, 'r+') : openSync('/dev/full', 'w')
    cleanups.push(() => closeSync(voice))
    const since = provider.bill.entries().length
    const running = await start(directory, { voice })
    const { gateway, data } = running
    const { id, key } = await createKey(running)
    await waitFor(async () => (await askEcho(gateway, { key })).status === 200)

    // Each of these is a line of 60 kB for whoever shows what was asked for; a pipe holds 64.
    const hostile = Array.from({ length: 40 }, () =>
      askEcho(gateway, { model: `x${'\u001B[2J'.repeat(15_000)}` }),
    )
    for (const answer of await Promise.all(hostile)) expect(answer.status).toBeGreaterThanOrEqual(400)
    const answers = await Promise.all(Array.from({ length: 200 }, () => askEcho(gateway)))
    expect(answers.every(({ complete }) => complete)).toBe(true)

    revokeElsewhere(data, id)
    await waitFor(async () => (await askEcho(gateway, { key })).status === 401)
    expect(await readiness(gateway)).toBe('200 ready\n')
    expect(await gateway.stop()).toBe(0)
    expect(await expectLedgerEqualsBill(data, since)).toBeGreaterThan(200)
  },
)

/** Takes the store's only place for a writer; gives it back when called. */
function lockStore(data: string): () => void {
  const other = new Database(join(data, 'gatehouse.db'))
  other.run('pragma busy_timeout = 5000')
  other.run('begin immediate')
  return () => other.close()
}

test('with the store locked it serves, revokes, says so, and the ledger is whole once the lock is gone', async () => {
  const since = provider.bill.entries().length
  const running = await start(workplace())
  const { gateway, data } = running
  const { id, key } = await createKey(running)
  await waitFor(async () => (await askEcho(gateway, { key })).status === 200)
  // What was spent of a budget must be known before the store is lost.
  expect((await askEcho(gateway)).complete).toBe(true)
  const unlock = lockStore(data)
  cleanups.push(unlock)
  const revoking = admin(running, `/api/v1/keys/${id}`, { method: 'DELETE' })
  await waitFor(async () => (await askEcho(gateway, { key })).status === 401)
  for (let index = 0; index < 20; index += 1) expect((await askEcho(gateway)).complete).toBe(true)
  await waitFor(async () => (await readiness(gateway)).includes('ledger: the store has taken no row'))
  const status = parseJsonObject(await (await admin(running, '/statusz')).text()) ?? {}
  expect(status['store']).toBe('failing')
  expect(readObjects(status, 'troubles').map(({ part }) => part)).toContain('ledger')
  expect((await askEcho(gateway)).complete).toBe(true)
  const revoked = await revoking
  expect(revoked.status).toBe(503)
  expect(await revoked.text()).toContain('This gateway refuses the key from now on')
  expect((await askEcho(gateway, { key })).status).toBe(401)
  unlock()
  await waitFor(async () => (await readiness(gateway)) === '200 ready\n')
  expect(await gateway.stop()).toBe(0)
  expect(await expectLedgerEqualsBill(data, since)).toBeGreaterThan(20)
})

/** A small file system of its own, where the user may mount one. */
function mountSmallDisk(): string | undefined {
  const place = join(scratch, 'small-disk')
  mkdirSync(place, { recursive: true })
  const { exitCode } = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', place], {
    stderr: 'ignore',
  })
  return exitCode === 0 ? place : undefined
}

const disk = mountSmallDisk()

/** Takes all the room that is left on a disk. */
function fillDisk(place: string): void {
  const file = openSync(join(place, 'ballast'), constants.O_WRONLY | constants.O_CREAT)
  try {
    for (let bytes = 65_536; bytes >= 1; bytes /= 16)
      Bun.spawnSync(
        ['dd', 'if=/dev/zero', `of=${join(place, 'ballast')}`, `bs=${bytes}`, 'oflag=append', 'conv=notrunc'],
        { stderr: 'ignore' },
      )
  } finally {
    closeSync(file)
  }
}

test.skipIf(disk === undefined)(
  'with the disk full it spends nothing and says so; with room again it serves by itself and the ledger equals the bill',
  async () => {
    const since = provider.bill.entries().length
    const directory = workplace()
    const data = join(disk ?? '', 'data')
    const running = await start(directory, { data })
    const { gateway } = running
    for (let index = 0; index < 20; index += 1) expect((await askEcho(gateway)).complete).toBe(true)
    fillDisk(disk ?? '')
    const refused: Answer[] = []
    await waitFor(async () => {
      const answer = await askEcho(gateway)
      if (!answer.complete) refused.push(answer)
      return refused.length >= 5
    })
    expect(refused.every(({ status }) => status === 503)).toBe(true)
    expect(await readiness(gateway)).toStartWith('503 not ready\njournal: the journal cannot be written')
    rmSync(join(disk ?? '', 'ballast'))
    await waitFor(async () => (await readiness(gateway)) === '200 ready\n')
    for (let index = 0; index < 20; index += 1) expect((await askEcho(gateway)).complete).toBe(true)

    // What only the journal holds when the process is killed waits for room as well.
    const unlock = lockStore(data)
    for (let index = 0; index < 20; index += 1) expect((await askEcho(gateway)).complete).toBe(true)
    await gateway.kill()
    unlock()
    fillDisk(disk ?? '')
    const refusal = await start(directory, { data }).catch((thrown: unknown) => String(thrown))
    expect(refusal).toMatch(/did not start: (The store|What the journal holds) .*(full|disk I\/O)[^\n]*\n$/)
    rmSync(join(disk ?? '', 'ballast'))
    const last = await start(directory, { data })
    expect(await last.gateway.stop()).toBe(0)
    expect(await expectLedgerEqualsBill(data, since)).toBeGreaterThanOrEqual(60)
  },
)

test('a data directory that is removed under it is told: it goes on serving and says that it is not ready', async () => {
  const directory = workplace()
  const { gateway, data } = await start(directory)
  expect((await askEcho(gateway)).status).toBe(200)
  expect(await readiness(gateway)).toBe('200 ready\n')
  rmSync(data, { recursive: true })
  await waitFor(async () => (await readiness(gateway)).startsWith('503'))
  expect(await readiness(gateway)).toContain('was removed')
  expect((await askEcho(gateway)).status).toBe(200)
  expect(await gateway.stop()).toBe(0)
})
