/*
 * What the sums of minutes, hours and groups cost the thread that writes: microseconds of its processor time for each request with its attempt,
 * in batches as a gateway under load writes them, and for their rows alone.
 *   bun bench/rollups.ts
 */
import type { Statement } from 'bun:sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseJson, type Json } from '../src/kit/json.ts'
import { toLedgerText } from '../src/store/ledger-text.ts'
import { toRequestText } from '../src/store/request-text.ts'
import { INSERT_LEDGER_ROW } from '../src/store/sqlite/ledger-row.ts'
import { openDatabase } from '../src/store/sqlite/open-database.ts'
import { INSERT_REQUEST_ROW } from '../src/store/sqlite/request-row.ts'
import { createCommit, type WriteBatch } from '../src/store/sqlite/row-writer.ts'
import { createLog } from './logged-rows.ts'

const REQUESTS = 60_000
/** 2,500 requests a second, which wait 25 ms for company. */
const BATCH = 62
const PER_MS = 2.5

interface Batch {
  readonly ledger: readonly Json[]
  readonly requests: readonly Json[]
}

function batches(): Batch[] {
  const nowMs = Date.now()
  const row = createLog(REQUESTS, nowMs)
  const logged = Array.from({ length: REQUESTS }, (_none, index) => {
    const { request, attempt } = row(index)
    const atMs = nowMs + Math.floor(index / PER_MS)
    return [toRequestText({ ...request, atMs }), toLedgerText({ ...attempt, atMs })].map((text) =>
      parseJson(text),
    )
  })
  return Array.from({ length: Math.floor(REQUESTS / BATCH) }, (_none, place) => {
    const of = logged.slice(place * BATCH, (place + 1) * BATCH)
    return {
      requests: of.map(([request = null]) => request),
      ledger: of.map(([, attempt = null]) => attempt),
    }
  })
}

function cpuMicros(): number {
  const { user, system } = process.threadCpuUsage()
  return user + system
}

/** Microseconds a request; the first half of the batches is for the compiler. */
function measure(all: readonly Batch[], commit: (batch: Batch) => void): number {
  const half = Math.floor(all.length / 2)
  for (const batch of all.slice(0, half)) commit(batch)
  const before = cpuMicros()
  for (const batch of all.slice(half)) commit(batch)
  return (cpuMicros() - before) / ((all.length - half) * BATCH)
}

const directory = mkdtempSync(join(tmpdir(), 'bench-rollups-'))
try {
  const all = batches()
  const summed = openDatabase(join(directory, 'summed.db'))
  const commit = createCommit(summed)
  const whole = measure(all, (batch) =>
    commit({
      answers: [],
      contents: [],
      replies: [],
      responses: [],
      vault: [],
      shadows: [],
      ...batch,
    } satisfies WriteBatch),
  )
  summed.close()
  const plain = openDatabase(join(directory, 'plain.db'))
  const request: Statement = plain.query(INSERT_REQUEST_ROW)
  const ledger: Statement = plain.query(INSERT_LEDGER_ROW)
  const insert = plain.transaction((batch: Batch) => {
    for (const row of batch.ledger) ledger.run(row)
    for (const row of batch.requests) request.run(row)
  })
  const rows = measure(all, (batch) => insert.immediate(batch))
  plain.close()
  console.log(
    `rows ${rows.toFixed(1)} µs, with all sums ${whole.toFixed(1)} µs: ${(whole - rows).toFixed(1)} µs a request for sums`,
  )
} finally {
  rmSync(directory, { recursive: true, force: true })
}
