import { afterAll, expect, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { appendRows, ledgerRow } from '../../../test/contract/store.contract.ts'
import { systemClock } from '../../kit/clock.ts'
import { toLedgerText } from '../ledger-text.ts'
import type { LedgerRow, Store } from '../store.ts'
import { INSERT_LEDGER_ROW } from './ledger-row.ts'
import { readUsage } from './ledger-reads.ts'
import { connectDatabase, openDatabase } from './open-database.ts'
import { createCommit } from './row-writer.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { createHoursWriter, spansOf, USAGE_PARTS, type UsageSpans } from './usage-hours.ts'

const HOUR_MS = 3_600_000
const FIRST_MS = 490_000 * HOUR_MS
const LAST_MS = FIRST_MS + 9 * HOUR_MS
const KEYS = ['key000000001', 'key000000002'] as const

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-hours-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

let files = 0
const freshPath = (): string => join(directory, `${(files += 1)}.db`)
const open = (path: string) => openSqliteStore({ path, clock: systemClock, flushWithinMs: 1 })

/** Writes rows as a gateway does that is too old to know of hours. */
function writeAsOf010(path: string, rows: readonly LedgerRow[]): void {
  const old = new Database(path)
  // As it does: whoever has the file open too may be writing.
  old.run('PRAGMA busy_timeout = 5000')
  for (const row of rows) old.query(INSERT_LEDGER_ROW).run(JSON.parse(toLedgerText(row)))
  old.close()
}

/** Sums all rows that wait, as a gateway does once there are many. */
function sumRows(path: string): void {
  const database = connectDatabase(path)
  database.transaction(() => createHoursWriter(database, 1).keepUp()).immediate()
  database.close()
}

/** What the rows of a key come to in a time, added one by one. */
function sumOf(rows: Iterable<LedgerRow>, keyId: string, { fromMs, toMs }: Span) {
  let attempts = 0
  let costNanoUsd = 0n
  let chargedNanoUsd = 0n
  for (const row of rows) {
    if (row.owners.key !== keyId || row.atMs < fromMs || row.atMs >= toMs) continue
    attempts += 1
    costNanoUsd += row.costNanoUsd ?? 0n
    chargedNanoUsd += row.chargedNanoUsd ?? 0n
  }
  return { attempts, costNanoUsd, chargedNanoUsd }
}

interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** The keys of no row since a time, which are told as not used. */
async function expectUnused({ store, written }: File, sinceMs: number): Promise<void> {
  const used = new Set(
    [...written.values()].filter(({ atMs }) => atMs >= sinceMs).map(({ owners }) => owners.key),
  )
  const declared = KEYS.map((id) => ({ id, name: id }))
  const { names } = await store.alerts.unusedKeys({ declared, sinceMs, nowMs: LAST_MS, most: 10 })
  expect(names).toEqual(KEYS.filter((key) => !used.has(key)))
}

/** Compares what screens and budgets are told with all rows ever written. */
async function expectExact(file: File, span: Span): Promise<void> {
  const { store, written } = file
  const groups = await store.ledger.usage({ ...span, groupBy: 'key', limit: 10 })
  for (const keyId of KEYS) {
    const { attempts = 0, costNanoUsd = 0n } = groups.find(({ name }) => name === keyId) ?? {}
    expect(sumOf(written.values(), keyId, span)).toMatchObject({ attempts, costNanoUsd })
    const hourMs = Math.floor(span.fromMs / HOUR_MS) * HOUR_MS
    const sinceHour = sumOf(written.values(), keyId, { fromMs: hourMs, toMs: Infinity })
    expect(await store.ledger.spentSince({ scope: 'key', id: keyId }, hourMs)).toBe(sinceHour.chargedNanoUsd)
  }
  await expectUnused(file, Math.floor(span.fromMs / HOUR_MS) * HOUR_MS)
}

const momentMs = fc.integer({ min: FIRST_MS, max: FIRST_MS + 3 * HOUR_MS })
const someRows = fc.array(
  fc.record({
    number: fc.integer({ min: 0, max: 40 }),
    atMs: momentMs,
    owners: fc.record({ key: fc.constantFrom(...KEYS) }),
    costNanoUsd: fc.bigInt({ min: 0n, max: 3_000_000_000n }),
    chargedNanoUsd: fc.bigInt({ min: 0n, max: 3_000_000_000n }),
  }),
  { minLength: 1, maxLength: 8 },
)
const steps = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('append' as const), rows: someRows }),
    fc.record({ type: fc.constant('append-as-of-0.1.0' as const), rows: someRows }),
    fc.record({ type: fc.constant('sum' as const) }),
    fc.record({ type: fc.constant('prune' as const) }),
    fc.record({ type: fc.constant('reopen' as const) }),
    fc.record({ type: fc.constant('ask' as const), between: fc.tuple(momentMs, momentMs) }),
  ),
  { maxLength: 25 },
)

type Step = typeof steps extends fc.Arbitrary<(infer Item)[]> ? Item : never

interface File {
  readonly path: string
  store: Store
  /** Every row ever written, by id; of two with one id the first. */
  readonly written: Map<string, LedgerRow>
}

async function play(file: File, step: Step): Promise<void> {
  const { path, store, written } = file
  if (step.type === 'append' || step.type === 'append-as-of-0.1.0') {
    const rows = step.rows.map(({ number, ...row }) => ledgerRow(`att_${number}`, row))
    if (step.type === 'append') await appendRows(store, rows)
    else writeAsOf010(path, rows)
    for (const row of rows) written.set(row.id, written.get(row.id) ?? row)
  } else if (step.type === 'sum') {
    sumRows(path)
  } else if (step.type === 'prune') {
    const expiry = {
      requestsBeforeMs: LAST_MS,
      requestBytes: 0,
      responsesBeforeMs: LAST_MS,
      shadowsBeforeMs: 0,
      shadowRows: Number.MAX_SAFE_INTEGER,
      seriesMinutesBeforeMs: 0,
      seriesHoursBeforeMs: 0,
      keysBeforeMs: LAST_MS,
      keptKey: '',
    }
    await store.prune(expiry)
  } else if (step.type === 'ask') {
    const [one, other] = step.between
    await expectExact(file, { fromMs: Math.min(one, other), toMs: Math.max(one, other) })
  } else {
    await store.close()
    file.store = await open(path)
  }
}

test('whoever writes, repeats, removes old things or opens the file again: sums are those of all rows ever written', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const path = freshPath()
      const file: File = { path, store: await open(path), written: new Map() }
      for (const step of sequence) await play(file, step)
      await expectExact(file, { fromMs: 0, toMs: LAST_MS })
      await file.store.close()
    }),
    { numRuns: 25 },
  )
})

test('a row that is written while usage is being read counts wholly or not at all', () => {
  const path = freshPath()
  const writer = openDatabase(path)
  const reader = connectDatabase(path)
  const commit = createCommit(writer)
  const add = (id: string, atMs: number): void =>
    commit({
      ledger: [JSON.parse(toLedgerText(ledgerRow(id, { atMs })))],
      contents: [],
      answers: [],
      replies: [],
      vault: [],
      requests: [],
      responses: [],
      shadows: [],
    })
  add('att_1', FIRST_MS + 10)
  const query = reader.query.bind(reader)
  let questions = 0
  reader.query = (sql: string) => {
    questions += 1
    if (questions === 2) add('att_2', FIRST_MS + 30)
    return query(sql)
  }
  const [group] = readUsage(reader, { fromMs: FIRST_MS, toMs: FIRST_MS + 20, groupBy: 'key', limit: 10 })
  expect(questions).toBe(2)
  expect(group?.attempts).toBe(1)
  reader.close()
  writer.close()
})

test('rows that no hour holds yet are found by their place in the order of writing', () => {
  const database = openDatabase(':memory:')
  const plan = database
    .query<{ detail: string }, UsageSpans>(`explain query plan select 1 from ${USAGE_PARTS}`)
    .all(spansOf(FIRST_MS + 1, FIRST_MS + 5 * HOUR_MS + 1, 0))
    .map(({ detail }) => detail)
  expect(plan.filter((step) => step.includes('SEARCH ledger'))).toEqual([
    'SEARCH ledger USING INTEGER PRIMARY KEY (rowid>?)',
    'SEARCH ledger USING INDEX ledger_by_time (at_ms>? AND at_ms<?)',
    'SEARCH ledger USING INDEX ledger_by_time (at_ms>? AND at_ms<?)',
  ])
  database.close()
})
