import { expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/kit/clock.ts'
import { createSeededRandom } from '../../src/kit/random.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { LedgerRow } from '../../src/store/store.ts'
import { createJournalFiles } from '../../src/ledger/journal-files.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { SILENT } from '../../src/telemetry/silent-telemetry.fixture.ts'

const CHILD = Bun.fileURLToPath(new URL('./ledger-child.ts', import.meta.url))
const ROUNDS = 8

/** What the child said about each attempt before it died: the last word. */
function lastWords(output: string): Map<string, string> {
  const words = new Map<string, string>()
  // A line that was being written when the process died is not a promise.
  for (const line of output.slice(0, output.lastIndexOf('\n')).split('\n')) {
    const [word = '', id] = line.split(' ')
    if (id !== undefined) words.set(id, word)
  }
  return words
}

/** Runs the child until it has said `lines` lines, then kills it with SIGKILL. */
async function runAndKill(directory: string, prefix: string, lines: number): Promise<Map<string, string>> {
  const durability = prefix === 'life1' ? 'strict' : 'standard'
  // Few attempts are journalled one by one, many by the turn.
  const lanes = /[0145]$/.test(prefix) ? '4' : '24'
  const child = Bun.spawn([process.execPath, CHILD, directory, prefix, durability, lanes], {
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const decoder = new TextDecoder()
  let output = ''
  let killed = false
  for await (const chunk of child.stdout) {
    output += decoder.decode(chunk, { stream: true })
    if (!killed && output.split('\n').length > lines) {
      killed = true
      child.kill('SIGKILL')
    }
  }
  await child.exited
  expect(child.signalCode).toBe('SIGKILL')
  return lastWords(output)
}

async function allRows(directory: string): Promise<readonly LedgerRow[]> {
  const store = await openStore({ url: `sqlite:${directory}/store.db`, clock: systemClock })
  const ledger = await openLedger({
    files: createJournalFiles(systemClock),
    directory: `${directory}/journal`,
    store: store.ledger,
    clock: systemClock,
    telemetry: SILENT,
    durability: 'standard',
  })
  const rows: LedgerRow[] = []
  let after: string | undefined
  do {
    const page = await store.ledger.list({ limit: 500, ...(after === undefined ? {} : { after }) })
    rows.push(...page.rows)
    after = page.next
  } while (after !== undefined)
  expect(ledger.replayed.damaged).toBe(0)
  await ledger.close()
  await store.close()
  return rows
}

/** The outcomes that an attempt may have, given the last thing that its process said about it. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  announcing: ['', 'crashed'],
  announced: ['crashed', 'ok'],
  withdrawing: ['', 'crashed'],
  withdrawn: [''],
  settled: ['ok'],
}

test('killed at any moment, nothing that was promised is lost and nothing is there twice', async () => {
  const random = createSeededRandom(20_260_101)
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-crash-'))
  try {
    const words = new Map<string, string>()
    for (let round = 0; round < ROUNDS; round += 1) {
      // Half of the lives begin with the replay of the one before, the others find a replayed journal.
      const lines = 1 + Math.floor(random.next() * 2_500)
      for (const [id, word] of await runAndKill(directory, `life${round}`, lines)) words.set(id, word)
      if (round % 2 === 0) continue
      const rows = await allRows(directory)
      const outcomes = new Map(rows.map((row) => [row.id, row.outcome]))
      expect(outcomes.size).toBe(rows.length)
      for (const [id, word] of words) expect(ALLOWED[word]).toContain(outcomes.get(id) ?? '')
      for (const id of outcomes.keys()) expect(words.has(id)).toBe(true)
    }
    expect(words.size).toBeGreaterThan(200)
    expect(readdirSync(`${directory}/journal`)).toEqual([])
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
