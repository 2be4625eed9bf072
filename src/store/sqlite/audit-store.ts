import type { Database } from 'bun:sqlite'
import type { Clock } from '../../kit/clock.ts'
import { defined } from '../../kit/defined.ts'
import { LIMITS } from '../../kit/limits.ts'
import { BEFORE_FIRST, checkpointText, entryText, hashOf } from '../audit-chain.ts'
import type { AuditAct, AuditCheckpoint, AuditEntry, AuditFilter, AuditSigner, AuditStore } from '../audit.ts'
import { readCursor, toPage } from './page-cursor.ts'
import { clampLimit, isSet, numberAt, selectAll, textAt, type SqlRow } from './sql-values.ts'
import { whenFree } from './when-free.ts'

/** Creates the store of acts on a connection. */
export function createAuditStore(database: Database, clock: Clock): AuditStore {
  const add = database.transaction((act: AuditAct, signer: AuditSigner) => addEntry(database, act, signer))
  return {
    begin: (act) => whenFree(clock, () => beginAct(database, act)),
    add: (act, signer) => whenFree(clock, () => add.immediate(act, signer)),
    left: (beforeMs) =>
      whenFree(clock, () =>
        database
          .query<SqlRow, [number, number]>('select * from audit_begun where at_ms < ? order by at_ms limit ?')
          .all(beforeMs, LIMITS.auditLeft)
          .map((row) => toAct(row, 'unknown')),
      ),
    async list({ limit: wanted, after, ...filter }) {
      const limit = clampLimit(wanted)
      const { sql, values } = conditionsOf(filter, readCursor(after).sequence)
      const rows = await whenFree(clock, () =>
        selectAll(
          database,
          `select * from audit_entries where ${sql} order by sequence desc limit ${limit + 1}`,
          values,
        ),
      )
      return toPage(rows, limit, { timeColumn: 'at_ms', decode: toEntry })
    },
    after: (sequence, limit) =>
      whenFree(clock, () =>
        database
          .query<SqlRow, [number, number]>(
            'select * from audit_entries where sequence > ? order by sequence limit ?',
          )
          .all(sequence, clampLimit(limit))
          .map(toEntry),
      ),
    checkpoint: () => whenFree(clock, () => readCheckpoint(database)),
  }
}

function beginAct(database: Database, act: AuditAct): void {
  database
    .query('insert into audit_begun values (?, ?, ?, ?, ?, ?, ?, ?)')
    .run(
      act.id,
      Math.trunc(act.atMs),
      act.actor,
      act.address ?? null,
      act.act,
      act.subject ?? null,
      act.digest ?? null,
      act.summary,
    )
}

/** In one transaction that holds the lock from its begin: two processes never follow on the same entry. */
function addEntry(database: Database, act: AuditAct, signer: AuditSigner): AuditEntry {
  database.query('delete from audit_begun where id = ?').run(act.id)
  const there = database.query<SqlRow, [string]>('select * from audit_entries where id = ?').get(act.id)
  if (there !== null) return toEntry(there)
  const last = lastOf(database)
  const sequence = last.sequence + 1
  const hash = hashOf(sequence, last.hash, act)
  const signature = signer.sign(entryText({ sequence, hash }))
  const entry: AuditEntry = { ...act, sequence, prev: last.hash, hash, signer: signer.name, signature }
  database
    .query('insert into audit_entries values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    .run(
      sequence,
      act.id,
      Math.trunc(act.atMs),
      act.actor,
      act.address ?? null,
      act.act,
      act.subject ?? null,
      act.outcome,
      act.digest ?? null,
      act.summary,
      last.hash,
      hash,
      signer.name,
      signature,
    )
  forgetOld(database, entry, signer)
  return entry
}

function lastOf(database: Database): Pick<AuditEntry, 'sequence' | 'hash'> {
  const row = database
    .query<SqlRow, []>('select sequence, hash from audit_entries order by sequence desc limit 1')
    .get()
  if (row !== null) return { sequence: numberAt(row, 'sequence'), hash: textAt(row, 'hash') }
  return readCheckpoint(database) ?? { sequence: 0, hash: BEFORE_FIRST }
}

/**
 * The oldest go, some at a time, beyond so many and beyond their age; the last of them stays as a checkpoint. An entry whose time is old, because a clock
 * was wrong or it was told late, takes none with it that stand before it and are younger.
 */
function forgetOld(database: Database, { sequence, atMs }: AuditEntry, signer: AuditSigner): void {
  const beyond = sequence - LIMITS.auditEntries
  const row = database
    .query<SqlRow, [number, number, number]>(
      `with oldest as (select sequence, at_ms from audit_entries order by sequence limit ?)
       select coalesce((select min(sequence) from oldest where at_ms >= ? and sequence > ?), (select max(sequence) + 1 from oldest)) as first`,
    )
    .get(LIMITS.auditForgotten, Math.trunc(atMs) - LIMITS.auditMs, beyond)
  const last = row === null ? 0 : numberAt(row, 'first') - 1
  const kept = last >= sequence ? null : readHash(database, last)
  if (kept === null) return
  const point = { sequence: last, hash: textAt(kept, 'hash'), atMs: Math.trunc(atMs) }
  const signature = signer.sign(checkpointText(point))
  database
    .query('insert or replace into audit_checkpoint values (1, ?, ?, ?, ?, ?)')
    .run(point.sequence, point.hash, point.atMs, signer.name, signature)
  database.query('delete from audit_entries where sequence <= ?').run(point.sequence)
}

function readHash(database: Database, sequence: number): SqlRow | null {
  return database.query<SqlRow, [number]>('select hash from audit_entries where sequence = ?').get(sequence)
}

function readCheckpoint(database: Database): AuditCheckpoint | undefined {
  const row = database.query<SqlRow, []>('select * from audit_checkpoint').get()
  if (row === null) return undefined
  return {
    sequence: numberAt(row, 'sequence'),
    hash: textAt(row, 'hash'),
    atMs: numberAt(row, 'at_ms'),
    signer: textAt(row, 'signer'),
    signature: textAt(row, 'signature'),
  }
}

function conditionsOf(
  { act, actor, subject, fromMs, toMs }: AuditFilter,
  before: number,
): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const terms: [string, readonly (string | number)[]][] = [['sequence < ?', [before]]]
  // What begins with a text and ends before the next character in the order: an index finds it, and no sign of a pattern is in the way.
  if (act !== undefined) terms.push(['(act = ? or (act >= ? and act < ?))', [act, `${act} `, `${act}!`]])
  if (actor !== undefined) terms.push(['actor = ?', [actor]])
  if (subject !== undefined)
    terms.push(['(subject = ? or (subject >= ? and subject < ?))', [subject, `${subject}:`, `${subject};`]])
  if (fromMs !== undefined) terms.push(['at_ms >= ?', [fromMs]])
  if (toMs !== undefined) terms.push(['at_ms < ?', [toMs]])
  return { sql: terms.map(([sql]) => sql).join(' and '), values: terms.flatMap(([, values]) => values) }
}

function toAct(row: SqlRow, outcome: string): AuditAct {
  const text = (column: string): string | undefined => (isSet(row, column) ? textAt(row, column) : undefined)
  return {
    id: textAt(row, 'id'),
    atMs: numberAt(row, 'at_ms'),
    actor: textAt(row, 'actor'),
    act: textAt(row, 'act'),
    outcome,
    summary: textAt(row, 'summary'),
    ...defined({ address: text('address'), subject: text('subject'), digest: text('digest') }),
  }
}

function toEntry(row: SqlRow): AuditEntry {
  return {
    ...toAct(row, textAt(row, 'outcome')),
    sequence: numberAt(row, 'sequence'),
    prev: textAt(row, 'prev'),
    hash: textAt(row, 'hash'),
    signer: textAt(row, 'signer'),
    signature: textAt(row, 'signature'),
  }
}
