import { afterAll, describe, expect, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { chmodSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../kit/clock.ts'
import { sha256Hex } from '../../kit/hash.ts'
import { LIMITS } from '../../kit/limits.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { requestRow } from '../../../test/contract/request-row.ts'
import {
  appendRows,
  keyRecord,
  ledgerRow,
  rejection,
  testStore,
} from '../../../test/contract/store.contract.ts'
import { SCOPES } from '../../exchange/owner.ts'
import { NO_COUNTS } from '../../exchange/units.ts'
import { toLedgerText } from '../ledger-text.ts'
import { OWNER_NAMES } from '../owner-columns.ts'
import type { Condition } from '../request-query.ts'
import { REQUEST_COLUMNS, toRequestText } from '../request-text.ts'
import { openStore, StoreUrlError } from '../open-store.ts'
import { StoreBusy } from '../store.ts'
import { addUnits, openDatabase, SchemaError } from './open-database.ts'
import { MIGRATIONS } from './migrations.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { usagePartsOf } from './usage-hours.ts'
import { openWorkerWriter } from './worker-writer.ts'

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-store-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

let files = 0
const freshPath = (): string => {
  files += 1
  return join(directory, `store-${files}.db`)
}

testStore('sqlite file', async () => {
  const store = await openStore({ url: `sqlite:${freshPath()}`, clock: systemClock, flushWithinMs: 1 })
  return { store, dispose: () => store.close() }
})

testStore('sqlite memory', async () => {
  const store = await openStore({ url: 'memory:', clock: systemClock })
  return { store, dispose: () => store.close() }
})

describe('sqlite', () => {
  test('another connection sees keys and versions', async () => {
    const path = freshPath()
    const store = await openSqliteStore({ path, clock: systemClock })
    const other = await openSqliteStore({ path, clock: systemClock })
    const before = await other.keys.version()
    await store.keys.create(keyRecord('abcdefabcdef'))
    expect(await other.keys.version()).toBeGreaterThan(before)
    expect((await other.keys.find('abcdefabcdef'))?.id).toBe('abcdefabcdef')
    await other.close()
    await store.close()
  })

  test('rows are there after closing and opening again', async () => {
    const path = freshPath()
    const first = await openSqliteStore({ path, clock: systemClock })
    const appended = appendRows(first, [ledgerRow('att_1')])
    await first.close()
    await appended
    const second = await openSqliteStore({ path, clock: systemClock })
    expect((await second.ledger.list({ limit: 5 })).rows).toHaveLength(1)
    await second.close()
  })

  test('appending to a closed store rejects', async () => {
    const store = await openSqliteStore({ path: freshPath(), clock: systemClock })
    await store.close()
    expect(String(await rejection(appendRows(store, [ledgerRow('att_1')])))).toContain('closed')
    await store.close()
  })

  test('a gateway has a file for itself until it closes it, by whatever name the file is asked for', async () => {
    const path = freshPath()
    const link = freshPath()
    const first = await openSqliteStore({ path, clock: systemClock, claim: true })
    symlinkSync(path, link)
    for (const name of [path, link]) {
      const second = openSqliteStore({ path: name, clock: systemClock, claim: true })
      expect(await rejection(second)).toBeInstanceOf(StoreBusy)
    }
    await (await openSqliteStore({ path: link, clock: systemClock })).close()
    await first.close()
    await (await openSqliteStore({ path: link, clock: systemClock, claim: true })).close()
  })

  test('the file and what SQLite puts beside it are private, also where they were not', async () => {
    const path = freshPath()
    const modes = (): number[] =>
      [path, `${path}-wal`, `${path}-shm`].map((file) => statSync(file).mode & 0o777)
    const open = async (): Promise<void> => {
      const store = await openSqliteStore({ path, clock: systemClock, flushWithinMs: 1 })
      await appendRows(store, [ledgerRow('att_1')])
      expect(modes()).toEqual([0o600, 0o600, 0o600])
      await store.close()
    }
    await open()
    chmodSync(path, 0o666)
    await open()
  })

  test('a file that could not become smaller learns to, and does once its lines are gone', async () => {
    const path = freshPath()
    const old = new Database(path, { create: true })
    for (const { version, sql } of MIGRATIONS) old.run(`${sql}; pragma user_version = ${version}`)
    old.run("insert into settings values ('pepper', 'kept')")
    expect(old.query('pragma auto_vacuum').values()).toEqual([[0]])
    old.close()
    const open = () => openSqliteStore({ path, clock: systemClock, flushWithinMs: 1, claim: true })
    const store = await open()
    const decision = 'x'.repeat(6_000)
    const rows = Array.from({ length: 4_000 }, (_, index) => requestRow(`req_${index}`, { decision }))
    await store.requests.append(rows.map(toRequestText))
    await store.close()
    const before = statSync(path).size
    const again = await open()
    const all = {
      requestsBeforeMs: Number.MAX_SAFE_INTEGER,
      requestBytes: 1e12,
      responsesBeforeMs: 0,
      shadowsBeforeMs: 0,
      shadowRows: Number.MAX_SAFE_INTEGER,
      seriesMinutesBeforeMs: 0,
      seriesHoursBeforeMs: 0,
      keysBeforeMs: 0,
      keptKey: '',
    }
    while ((await again.prune(all)).more);
    expect(await again.settings.get('pepper')).toBe('kept')
    await again.close()
    // A thousand empty pages stay for the rows to come.
    expect(before).toBeGreaterThan(20_000_000)
    expect(statSync(path).size).toBeLessThan(10_000_000)
  })

  test('a batch that the database refuses rejects whole and the same rows can be written afterwards', async () => {
    const path = freshPath()
    const store = await openSqliteStore({ path, clock: systemClock, flushWithinMs: 1 })
    const other = new Database(path)
    other.run("create trigger refuse before insert on ledger begin select raise(abort, 'no room'); end")
    const rows = [ledgerRow('att_1')]
    const [ledger, log] = await Promise.allSettled([
      appendRows(store, rows),
      store.requests.append([toRequestText(requestRow('req_1'))]),
    ])
    expect(ledger.status).toBe('rejected')
    expect(log.status).toBe('rejected')
    other.run('drop trigger refuse')
    other.close()
    await appendRows(store, rows)
    await store.requests.append([toRequestText(requestRow('req_1'))])
    expect((await store.ledger.list({ limit: 5 })).rows).toHaveLength(1)
    await store.close()
  })

  test('a writer that cannot open its file is a failure of the start, with its reason', async () => {
    const path = join(directory, 'no-such-directory', 'store.db')
    const opening = openWorkerWriter({ path, clock: systemClock, flushWithinMs: 1, atOnce: true })
    expect(String(await rejection(opening))).toContain('the database writer failed: unable to open')
  })

  test('while a screen reads the ledger, the loop goes on', async () => {
    const store = await openSqliteStore({ path: freshPath(), clock: systemClock, flushWithinMs: 1 })
    await appendRows(store, [ledgerRow('att_1')])
    const reads: readonly (() => Promise<unknown>)[] = [
      () => store.ledger.usage({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, groupBy: 'model', limit: 10 }),
      () => store.ledger.list({ limit: 10 }),
      () => store.ledger.spentSince({ scope: 'key', id: 'key000000001' }, 0),
      () => store.requests.list({ limit: 10 }),
      () => store.requests.find('req_1'),
      () => store.requests.since(undefined, 10),
    ]
    for (const read of reads) {
      let isAnswered = false
      const answer = read().then(() => (isAnswered = true))
      // Whatever is read on this thread is there before the loop turns.
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
      expect(isAnswered).toBe(false)
      await answer
    }
    await store.close()
  })

  test('a lock of another process holds up whoever wants to write, and not the loop', async () => {
    const path = freshPath()
    const store = await openSqliteStore({ path, clock: systemClock })
    const other = new Database(path)
    other.run('begin immediate')
    const created = store.keys.create(keyRecord('abcdefabcdef'))
    const set = store.settings.set('name', 'value')
    let turned = false
    setImmediate(() => (turned = true))
    expect(await store.keys.version()).toBe(0)
    await new Promise((resolve) => setImmediate(resolve))
    expect(turned).toBe(true)
    other.run('commit')
    other.close()
    await Promise.all([created, set])
    expect((await store.keys.find('abcdefabcdef'))?.id).toBe('abcdefabcdef')
    await store.close()
  })

  test('a lock of another process keeps nobody from opening the file and reading', async () => {
    const path = freshPath()
    const first = await openSqliteStore({ path, clock: systemClock, flushWithinMs: 1 })
    await first.settings.setOnce('pepper', 'kept')
    await appendRows(first, [ledgerRow('att_1')])
    await first.close()
    const other = new Database(path)
    other.run('begin immediate')
    const store = await openSqliteStore({ path, clock: createManualClock(), claim: true })
    expect(await store.settings.setOnce('pepper', 'another')).toBe('kept')
    expect((await store.keys.list({ limit: 5 })).rows).toEqual([])
    expect((await store.ledger.list({ limit: 5 })).rows).toHaveLength(1)
    other.run('rollback')
    await store.close()
    other.close()
  })

  test('a lock that stays is said after five seconds', async () => {
    const path = freshPath()
    const clock = createManualClock()
    const store = await openSqliteStore({ path, clock })
    const other = new Database(path)
    other.run('begin immediate')
    const refused = rejection(store.keys.create(keyRecord('abcdefabcdef')))
    for (let waitedMs = 0; waitedMs <= 5_200; waitedMs += 100) {
      clock.advance(100)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(String(await refused)).toContain('database is locked')
    other.close()
    await store.close()
  })

  test('reads that nobody can answer any more are refused, and more than a bound do not wait', async () => {
    const store = await openSqliteStore({ path: freshPath(), clock: systemClock })
    const asked = Array.from({ length: LIMITS.storeReads + 1 }, () => rejection(store.requests.find('req_1')))
    expect(String(await asked.at(-1))).toContain('too many reads')
    await store.close()
    const reasons = new Set(
      (await Promise.all(asked)).flatMap((reason) => (reason instanceof Error ? [reason.message] : [])),
    )
    expect([...reasons].toSorted()).toEqual([
      'the database is closed',
      'too many reads wait for the database',
    ])
    expect(String(await rejection(store.requests.find('req_1')))).toContain('closed')
  })

  test('a ledger row can not be changed', async () => {
    const path = freshPath()
    const store = await openSqliteStore({ path, clock: systemClock, flushWithinMs: 1 })
    await appendRows(store, [ledgerRow('att_1')])
    const other = new Database(path)
    expect(() => other.run('update ledger set cost_nano_usd = 0')).toThrow('never changed')
    other.close()
    await store.close()
  })

  test('a file of a newer schema is refused with a message that says so', () => {
    const path = freshPath()
    const newer = new Database(path, { create: true })
    newer.run('pragma user_version = 999')
    newer.close()
    expect(() => openDatabase(path)).toThrow(SchemaError)
    expect(() => openDatabase(path)).toThrow('newer Gatehouse')
  })

  test('a migration that has landed is never edited: what differs is a further one', () => {
    // Files of every version lie on other people's disks. A new migration adds its line here; a line never changes.
    expect(MIGRATIONS.map(({ version, sql }) => `${version} ${sha256Hex(sql)}`)).toEqual([
      '1 666a3f7e007875e7ddc01edc5e9c5fbc5a72d36bd272ef10197a82f4490982d1',
      '2 e4cb2a9520ea1e8b2ee5fd00fac69c91c22c35f983d7db51c98a652aab0d0da4',
      '3 b35d144d68745e5ff3da2d759c0d3723a30feb3bbc817efbf2d74af66845c505',
      '4 20f83da51a950605224083e48388f912b6c91c09cddcff53e02d914d2231e041',
      '5 ba324129d5e3b7d6ce217d5312e4a7b338a3a9b1db620ec0cc47f16d84ac5538',
      '6 fb187275ad2296a8edf4412f5676ca99d918fe323871206c42cd7c572f766985',
      '7 a3b3701a24d3e087705606e97d95808f9c42df4ed1951c6ef2178e2ca4625470',
      '8 bce0782d9b61ba2da9541391bfd47297c9d80673448521fcfff5e11d099f2eac',
      '9 07661eb82370fd05cd3930ba3848d504f5b9909fd400971ba5460aada5914a74',
      '10 0e09094e656a26494a4d5d0c171f5bc0a70727e2c0b4712c410fc2cd5106493b',
      '11 ad59c17292c2b0196b5bd937754c42bc62f32b518d2322075e9afe9bcb15e937',
      '12 fcfe46c98aa6c1e5971d4f1231f3e81cb1955a13aeb425c00c753ef84ef0d4ae',
      '13 6e049c640e64b55aafc17e301499f107e8f401a47803d42ff0f4e54e3d8d5097',
      '14 4e614c2774792899fea1b442b26e9a9835bbc8b5a1c90625183c960e18acd522',
      '15 01c1621491646fdbf5cb2f92f2db6b2aece0c49409f92269619037ab2bf7f496',
      '16 fd9f810fe7509ca9d63742890d8986bfa7ce94250e447b55260f73ebf638423f',
      '17 6a1edf8e24d2266680c97976cd473cf1806ad0952d365e3b5e3a5d325c9ccce6',
      '18 1de1e72d7b9f0212525130ea5311c6d8a771d09a75c17427e89c7bee91d024ea',
      '19 f604fd0ac93a420f70d964d68d0ff91b69e49725b4673c35d0073f4020b3c34b',
      '20 0b7c5a0df1c85456fc75489720fd8b1bf2e8249683274b8d8106d1f1780ffa13',
      '21 3f99f89b044c43e8f1454f08852bf2158701a2922993f911c4e99b77d58afd6a',
      '22 c3d51e545175bd8b09166406dae6016df21f3686828e83699e581971368249de',
      '24 d65587d80f5b136caa362540155faa784a7cf3048475ed6658f6b3b247f9d099',
      '25 facc4340b8a6c8b95a5abf12a6cc01bdd8abb54a6fecba4837661d94a057c6f3',
      '26 f565c87b2cec5cc517e48cbf328d47aa53fe32935954163a6815bc4439d0d697',
      '27 9fc71848efe1bf8f3565e49952e4cc493488292a256a553cda3f45859b8c8690',
      '28 3aaec73588c6a9965f92bd1c949a35477149b552e52b5cc43d98bdf9a6bd7f28',
    ])
  })

  test('lines of an older version are marked a block at a time, and found before and after', async () => {
    const path = freshPath()
    const old = new Database(path, { create: true })
    for (const { version, sql } of MIGRATIONS.filter((step) => step.version <= 14))
      old.run(`${sql}; pragma user_version = ${version}`)
    const columns = REQUEST_COLUMNS.map(({ name }) => name).filter((name) => name !== 'cache')
    const insert = old.query(
      `insert into requests (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
    )
    const count = 2 * LIMITS.markedRows + 30
    old.run('begin')
    for (let index = 0; index < count; index += 1) {
      const decision = JSON.stringify({ v: 4, facts: { 'request.session': `s${index % 700}` } })
      const line: string[] = JSON.parse(toRequestText(requestRow(`req_${index}`, { decision, atMs: index })))
      insert.run(...line.slice(0, columns.length))
    }
    old.run('commit')
    old.close()
    const store = await openSqliteStore({ path, clock: systemClock, flushWithinMs: 1 })
    const found = async () => {
      const session: Condition = { field: 'session', tests: [{ is: 's9' }] }
      return (await store.requests.list({ limit: 9, conditions: [session] })).rows.map(({ id }) => id)
    }
    await store.requests.append([toRequestText(requestRow('req_new', { atMs: count }))])
    expect(await found()).toEqual(['req_1409', 'req_709', 'req_9'])
    const nothing = {
      requestsBeforeMs: 0,
      requestBytes: 1e12,
      responsesBeforeMs: 0,
      shadowsBeforeMs: 0,
      shadowRows: Number.MAX_SAFE_INTEGER,
      seriesMinutesBeforeMs: 0,
      seriesHoursBeforeMs: 0,
      keysBeforeMs: 0,
      keptKey: '',
    }
    while ((await store.prune(nothing)).more);
    await store.close()
    const file = new Database(path)
    const marked = file.query('select count(*), sum(upto - after) from request_marks').values()
    expect(marked).toEqual([[3, count]])
    file.close()
    const again = await openSqliteStore({ path, clock: systemClock, flushWithinMs: 1 })
    const session: Condition = { field: 'session', tests: [{ is: 's9' }] }
    expect((await again.requests.list({ limit: 9, conditions: [session] })).rows).toHaveLength(3)
    await again.close()
  })

  test('a file without a column that its schema number promises is refused, in words', () => {
    const path = freshPath()
    openDatabase(path).close()
    const other = new Database(path)
    other.run('alter table ledger drop column price_id')
    other.close()
    expect(() => openDatabase(path)).toThrow(SchemaError)
    expect(() => openDatabase(path)).toThrow('its table ledger lacks the column price_id')
  })

  test('a unit that came after a file was written is summed in it', async () => {
    const path = freshPath()
    openDatabase(path).close()
    const older = new Database(path)
    older.run('alter table usage_hours drop column pages')
    older.close()
    const store = await openSqliteStore({ path, clock: systemClock, flushWithinMs: 1 })
    await appendRows(store, [ledgerRow('att_1', { usage: { ...NO_COUNTS, pages: 3 } })])
    const [group] = await store.ledger.usage({ fromMs: 0, toMs: 2e12, groupBy: 'key', limit: 1 })
    expect(group?.usage).toEqual({ ...NO_COUNTS, pages: 3 })
    await store.close()
  })

  test('a new file has what its migrations lead to, and its number', () => {
    const whole = openDatabase(':memory:')
    const stepped = new Database(':memory:', { safeIntegers: true })
    for (const { version, sql } of MIGRATIONS) stepped.run(`${sql}; pragma user_version = ${version}`)
    addUnits(stepped)
    const told = (database: Database) => {
      const values = (sql: string) => database.query(sql).values()
      const definitions = values(
        "select type, name, sql from sqlite_schema where name not like 'sqlite_stat%'",
      )
      const tables = values("select name from sqlite_schema where type = 'table' order by name").flat()
      const rows = tables.map((name) => values(`select * from ${String(name)}`))
      const spelled = definitions.map((row) => String(row).toLowerCase()).toSorted()
      return { spelled, tables, rows, version: values('pragma user_version') }
    }
    expect(told(whole)).toEqual(told(stepped))
    whole.close()
    stepped.close()
  })

  test('a migration that fails leaves the file as it was', () => {
    const path = freshPath()
    openDatabase(path).close()
    const newest = MIGRATIONS.at(-1)?.version ?? 0
    const broken = [...MIGRATIONS, { version: newest + 1, sql: 'create table half (a); create tabel b' }]
    expect(() => openDatabase(path, broken)).toThrow()
    const database = openDatabase(path)
    expect(database.query("select name from sqlite_master where name = 'half'").get()).toBeNull()
    database.close()
  })

  test('queries that budgets and screens repeat are answered from an index', () => {
    const database = openDatabase(':memory:')
    const plan = (sql: string): string =>
      database
        .query<{ detail: string }, []>(`explain query plan ${sql}`)
        .all()
        .map((step) => step.detail)
        .join('; ')
    for (const scope of SCOPES) {
      const name = OWNER_NAMES[scope]
      const asked = `select total(charged_usd) from ${usagePartsOf(scope)}`.replaceAll(/\$\w+/g, '5')
      const found = scope === 'key' ? 'PRIMARY KEY' : `INDEX usage_hours_by_${scope}`
      expect(plan(asked)).toContain(`SEARCH usage_hours USING ${found} (hour_ms=? AND ${name}=?)`)
    }
    expect(
      plan('select * from requests where (at_ms, sequence) < (5, 5) order by at_ms desc, sequence desc'),
    ).toBe('SEARCH requests USING INDEX requests_by_time (at_ms<?)')
    database.close()
  })

  test('an unknown scheme is refused with the ones that work', async () => {
    const opening = openStore({ url: 'postgres://user:secret@host/db', clock: systemClock })
    expect(await rejection(opening)).toBeInstanceOf(StoreUrlError)
    expect(String(await rejection(opening))).toContain('arrives later')
    expect(String(await rejection(opening))).not.toContain('secret')
  })

  test('a compiled binary finds its threads', async () => {
    const main = join(directory, 'main.ts')
    const source = new URL('../..', import.meta.url).pathname
    writeFileSync(
      main,
      `import { openSqliteStore } from ${JSON.stringify(join(source, 'store/sqlite/sqlite-store.ts'))}
       import { systemClock } from ${JSON.stringify(join(source, 'kit/clock.ts'))}
       const run = async () => {
         const store = await openSqliteStore({ path: ${JSON.stringify(freshPath())}, clock: systemClock })
         await store.ledger.append([${JSON.stringify(toLedgerText(ledgerRow('att_1')))}])
         console.log((await store.ledger.list({ limit: 5 })).rows.length)
         await store.close()
       }
       void run()`,
    )
    const threads = ['writer', 'reader'].map((name) => join(source, `store/sqlite/${name}-worker.ts`))
    const binary = join(directory, 'gatehouse-trial')
    const build = Bun.spawnSync(
      [process.execPath, 'build', '--compile', '--root', source, main, ...threads, '--outfile', binary],
      // Where it works it leaves files for a while, and other tests read the sources.
      { cwd: directory },
    )
    expect(build.stderr.toString()).not.toContain('error')
    const run = Bun.spawnSync([binary], { cwd: '/' })
    expect(run.stderr.toString()).toBe('')
    expect(run.stdout.toString().trim()).toBe('1')
  })
})
