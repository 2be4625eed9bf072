import { afterAll, expect, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../kit/clock.ts'
import { openSigningKey, readVerifyingKey, type VerifyingKey } from '../kit/ed25519.ts'
import { LIMITS } from '../kit/limits.ts'
import { ChainCheck, headText, type AuditHead, type ChainFault } from './audit-chain.ts'
import type { AuditAct } from './audit.ts'
import { openStore } from './open-store.ts'
import type { Store } from './store.ts'

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-audit-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const key = openSigningKey(new Uint8Array(32).fill(7))
const stranger = openSigningKey(new Uint8Array(32).fill(8))
const known = readVerifyingKey(key.publicKey)
if (known === undefined) throw new Error('the key of the test cannot be read')
const keys: readonly VerifyingKey[] = [known]

const act = (id: string, changed: Partial<AuditAct> = {}): AuditAct => ({
  id,
  atMs: 1_000,
  actor: 'admin token',
  act: 'POST /api/v1/keys',
  subject: 'key:abc',
  outcome: '201',
  summary: 'name: x',
  ...changed,
})

let files = 0
const freshPath = (): string => {
  files += 1
  return join(directory, `${files}.db`)
}

async function withStore<Result>(path: string, work: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openStore({ url: `sqlite:${path}`, clock: systemClock })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

async function check(
  store: Store,
  terms: { readonly heads?: readonly AuditHead[]; readonly isQuick?: boolean } = {},
): Promise<ChainFault | undefined> {
  const chain = new ChainCheck({ keys, checkpoint: await store.audit.checkpoint(), ...terms })
  for (let last = 0; ;) {
    const rows = await store.audit.after(last, 500)
    for (const row of rows) if (chain.take(row) !== undefined) return chain.end()
    const end = rows.at(-1)
    if (end === undefined) return chain.end()
    last = end.sequence
  }
}

async function ofTen(path: string): Promise<AuditHead> {
  return withStore(path, async ({ audit }) => {
    for (let index = 1; index <= 10; index += 1) await audit.add(act(`a${index}`), key)
    const [last] = await audit.after(9, 1)
    if (last === undefined) throw new Error('nothing was added')
    const head = { sequence: last.sequence, hash: last.hash, atMs: 1_000 }
    return { ...head, signer: key.name, signature: key.sign(headText(head)) }
  })
}

/** What somebody does who can write to the file, and which entry is named for it. */
const TAMPERED: readonly (readonly [string, string, ChainFault['kind'], number])[] = [
  ['edit', "update audit_entries set summary = 'name: y' where sequence = 4", 'edited', 4],
  ['edit the actor', "update audit_entries set actor = 'file' where sequence = 10", 'edited', 10],
  ['edit the hash', "update audit_entries set hash = 'ff' where sequence = 3", 'edited', 3],
  ['take a value away', 'update audit_entries set subject = null where sequence = 7', 'edited', 7],
  ['delete', 'delete from audit_entries where sequence = 5', 'missing', 5],
  ['delete the first', 'delete from audit_entries where sequence = 1', 'missing', 1],
  [
    'delete, and close the gap',
    `delete from audit_entries where sequence = 5;
     update audit_entries set sequence = -sequence where sequence > 5; update audit_entries set sequence = -sequence - 1 where sequence < 0`,
    'moved',
    5,
  ],
  [
    'reorder',
    `update audit_entries set sequence = 99 where sequence = 6; update audit_entries set sequence = 6 where sequence = 7;
     update audit_entries set sequence = 7 where sequence = 99`,
    'moved',
    6,
  ],
  ['truncate', 'delete from audit_entries where sequence > 8', 'truncated', 9],
  ['truncate all', 'delete from audit_entries', 'truncated', 1],
  [
    'insert',
    `update audit_entries set sequence = -sequence where sequence > 5; update audit_entries set sequence = -sequence + 1 where sequence < 0;
     insert into audit_entries select 6, 'new', at_ms, actor, address, act, subject, outcome, digest, summary, 'x', 'y', signer, signature
     from audit_entries where sequence = 5`,
    'edited',
    6,
  ],
  [
    'swap signatures',
    `update audit_entries set signature = (select signature from audit_entries where sequence = 3) where sequence = 2`,
    'forged',
    2,
  ],
  [
    'a checkpoint that nobody has signed',
    `insert into audit_checkpoint select 1, sequence, hash, at_ms, signer, signature from audit_entries where sequence = 4;
     delete from audit_entries where sequence <= 4`,
    'checkpoint',
    4,
  ],
]

test('whatever is changed in the file, the first entry that is not as it was is named', async () => {
  for (const [name, sql, kind, sequence] of TAMPERED) {
    const path = freshPath()
    const head = await ofTen(path)
    expect(await withStore(path, (store) => check(store, { heads: [head] }))).toBeUndefined()
    const database = new Database(path)
    database.run('drop trigger audit_entries_kept; drop trigger audit_entries_undeleted')
    database.run(sql)
    database.close()
    const fault = await withStore(path, (store) => check(store, { heads: [head] }))
    expect([name, fault?.kind, fault?.sequence]).toEqual([name, kind, sequence])
  }
})

test('who works out hashes anew lacks the signature, and an end from outside tells what was written anew with a key', async () => {
  const path = freshPath()
  const head = await ofTen(path)
  const remade = freshPath()
  await withStore(remade, async ({ audit }) => {
    for (let index = 1; index <= 10; index += 1)
      await audit.add(act(`a${index}`, { outcome: index === 4 ? '403' : '201' }), index < 4 ? key : stranger)
  })
  expect(await withStore(remade, (store) => check(store))).toMatchObject({ kind: 'unknown-key', sequence: 4 })
  expect(await withStore(remade, (store) => check(store, { isQuick: true }))).toMatchObject({
    kind: 'unknown-key',
    sequence: 10,
  })
  const signed = freshPath()
  await withStore(signed, async ({ audit }) => {
    for (let index = 1; index <= 11; index += 1)
      await audit.add(act(`a${index}`, { outcome: index === 4 ? '403' : '201' }), key)
  })
  expect(await withStore(signed, (store) => check(store, { heads: [head] }))).toMatchObject({
    kind: 'forged',
    sequence: 10,
  })
  const false_ = { ...head, hash: 'f'.repeat(64) }
  expect(await withStore(path, (store) => check(store, { heads: [false_] }))).toMatchObject({ kind: 'head' })
})

test('the tables refuse changes, and deletions from anywhere but the begin', async () => {
  const path = freshPath()
  await ofTen(path)
  const database = new Database(path)
  expect(() => database.run("update audit_entries set summary = ''")).toThrow('never changed')
  expect(() => database.run('delete from audit_entries where sequence = 10')).toThrow('not deleted')
  database.close()
})

test('two connections and another process add to one chain, and an act has one entry', async () => {
  const path = freshPath()
  await withStore(path, (one) =>
    withStore(path, async (other) => {
      const code = `
        import { openStore } from '${import.meta.dir}/open-store.ts'
        import { systemClock } from '${import.meta.dir}/../kit/clock.ts'
        import { openSigningKey } from '${import.meta.dir}/../kit/ed25519.ts'
        const store = await openStore({ url: 'sqlite:${path}', clock: systemClock })
        const key = openSigningKey(new Uint8Array(32).fill(7))
        for (let n = 0; n < 20; n += 1)
          await store.audit.add({ id: 'p' + n, atMs: 1, actor: 'command', act: 'keys create', outcome: 'done', summary: '' }, key)
        await store.close()`
      const child = Bun.spawn([process.execPath, '-e', code], { stderr: 'inherit' })
      const acts = Array.from({ length: 100 }, (_, index) => act(`a${index}`))
      await Promise.all(acts.map((each, index) => (index % 2 === 0 ? one : other).audit.add(each, key)))
      const again = await one.audit.add(act('a3', { outcome: '500' }), key)
      expect(again.outcome).toBe('201')
      expect(await child.exited).toBe(0)
      const all = await one.audit.after(0, 500)
      expect(all.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 120 }, (_, index) => index + 1),
      )
      expect(await check(one)).toBeUndefined()
    }),
  )
}, 30_000)

test('the oldest go behind a signed checkpoint, from which the chain still holds', async () => {
  const path = freshPath()
  await withStore(path, async (store) => {
    const { audit } = store
    for (const id of ['a', 'b', 'c']) await audit.add(act(id), key)
    const later = act('d', { atMs: 2_000 + LIMITS.auditMs })
    await audit.add(later, key)
    expect(await audit.checkpoint()).toMatchObject({ sequence: 3, atMs: later.atMs })
    expect((await audit.after(0, 10)).map(({ id }) => id)).toEqual(['d'])
    expect(await check(store)).toBeUndefined()
    await audit.add(act('e', { atMs: later.atMs }), key)
    expect(await check(store, { isQuick: true })).toBeUndefined()
    // Told late: what stands before it is younger, and stays.
    await audit.add(act('late'), key)
    await audit.add(act('f', { atMs: later.atMs }), key)
    expect((await audit.after(0, 10)).map(({ id }) => id)).toEqual(['d', 'e', 'late', 'f'])
  })
})

test('what began and broke off is found, what ended is not; lists are filtered and paged', async () => {
  await withStore(freshPath(), async ({ audit }) => {
    await audit.begin(act('x', { atMs: 5, address: '::1', digest: 'd' }))
    await audit.begin(act('y'))
    await audit.add(act('y'), key)
    const { subject: _subject, ...plain } = act('z', { atMs: 3_000, actor: 'process', act: 'start' })
    await audit.add(plain, key)
    expect(await audit.left(6)).toEqual([
      act('x', { atMs: 5, address: '::1', digest: 'd', outcome: 'unknown' }),
    ])
    expect(await audit.left(5)).toEqual([])
    const ids = async (filter: object): Promise<string[]> =>
      (await audit.list({ limit: 10, ...filter })).rows.map(({ id }) => id)
    expect(await ids({})).toEqual(['z', 'y'])
    expect(await ids({ act: 'POST' })).toEqual(['y'])
    expect(await ids({ act: 'POS' })).toEqual([])
    expect(await ids({ subject: 'key' })).toEqual(['y'])
    expect(await ids({ subject: 'key:abc', actor: 'admin token' })).toEqual(['y'])
    expect(await ids({ fromMs: 2_000 })).toEqual(['z'])
    expect(await ids({ toMs: 2_000 })).toEqual(['y'])
    const { next = '' } = await audit.list({ limit: 1 })
    expect(await ids({ after: next })).toEqual(['y'])
  })
})
