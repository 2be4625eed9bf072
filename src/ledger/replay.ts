import type { LedgerStore, LedgerText } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { JournalFiles } from './journal-files.ts'
import { decodeSegment, type JournalRecord } from './journal-record.ts'
import { SEGMENT_ENDING } from './journal.ts'

/** What a replay found and did. */
export interface ReplayReport {
  readonly segments: number
  /** Settled rows handed to the store again; those it had already changed nothing. */
  readonly settled: number
  /** Attempts that were under way when the process died. */
  readonly crashed: number
  readonly tornBytes: number
  readonly damaged: number
}

export interface ReplayOptions {
  readonly files: JournalFiles
  readonly directory: string
  readonly store: LedgerStore
  readonly telemetry: Telemetry
}

/** A segment holds what this version cannot read. It is left as it is: what it says of money must not be lost. */
export class JournalUnreadable extends Error {
  constructor(segment: string, found: string) {
    super(
      `The journal's segment ${segment} holds ${found}, which this version of Gatehouse does not know. Nothing was changed. ` +
        'Start the version that wrote it once on this data directory, so that it brings its rows into the store, then this one again.',
    )
    this.name = 'JournalUnreadable'
  }
}

/** The store does not take what the journal holds of an earlier run; budgets would begin with wrong balances. */
export class JournalNotReplayed extends Error {
  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(
      `What the journal holds of an earlier run cannot be brought into the store: ${reason}. Nothing is lost; ` +
        'put that right and start again.',
      { cause },
    )
    this.name = 'JournalNotReplayed'
  }
}

/** What a damaged segment is called besides its name, which begins with the time at which it began. */
const QUARANTINED = '.quarantined'

/** Removes the damaged segments that began before a time. */
export function removeQuarantined(
  { files, directory }: Pick<ReplayOptions, 'files' | 'directory'>,
  beforeMs: number,
): void {
  for (const name of files.list(directory)) {
    if (name.endsWith(QUARANTINED) && Number.parseInt(name, 10) < beforeMs)
      files.remove(`${directory}/${name}`)
  }
}

/** Rows given to the store at once. */
const BATCH_ROWS = 500

/**
 * Brings every attempt of an earlier life into the store, then removes the segments. All settled rows are appended (those
 * already there stay as they are), then each intent that was neither settled nor withdrawn. The segments go last, so
 * dying during the replay only means to replay again. A damaged segment is kept under `.quarantined` and reported.
 * Rejects before anything was removed: with JournalUnreadable when a segment is of a version not known here, with JournalNotReplayed
 * when the store does not take the rows.
 */
export async function replayJournal(options: ReplayOptions): Promise<ReplayReport> {
  const { files, directory, store, telemetry } = options
  const names = files.list(directory).filter((name) => name.endsWith(SEGMENT_ENDING))
  const intents = new Map<string, LedgerText>()
  const ended = new Set<string>()
  let settled = 0
  let tornBytes = 0
  let damaged = 0
  for (const name of names) {
    const content = decodeSegment(files.read(`${directory}/${name}`) ?? new Uint8Array(0))
    if (content.foreign !== undefined) throw new JournalUnreadable(`${directory}/${name}`, content.foreign)
    const rows = content.records.filter(({ type }) => type === 'settle').map(({ text }) => text)
    await appendAll(store, rows)
    for (const record of content.records) note(record, intents, ended)
    settled += rows.length
    tornBytes += content.tornBytes
    damaged += content.damaged
    if (content.damaged > 0) quarantine(options, name)
  }
  for (const id of ended) intents.delete(id)
  const lost = [...intents.values()]
  await appendAll(store, lost)
  for (const name of names) files.remove(`${directory}/${name}`)
  const report = { segments: names.length, settled, crashed: lost.length, tornBytes, damaged }
  if (names.length > 0) telemetry.log('info', 'the journal was replayed', report)
  telemetry.count('gatehouse_ledger_crashed_attempts_total', {}, lost.length)
  return report
}

function note({ type, id, text }: JournalRecord, intents: Map<string, LedgerText>, ended: Set<string>): void {
  if (type === 'intent') intents.set(id, text)
  else ended.add(id)
}

async function appendAll(store: LedgerStore, rows: readonly LedgerText[]): Promise<void> {
  for (let from = 0; from < rows.length; from += BATCH_ROWS) {
    await store.append(rows.slice(from, from + BATCH_ROWS)).catch((error: unknown) => {
      throw new JournalNotReplayed(error)
    })
  }
}

function quarantine({ files, directory, telemetry }: ReplayOptions, name: string): void {
  const path = `${directory}/${name}`
  telemetry.count('gatehouse_journal_damaged_segments_total')
  telemetry.log('error', 'a segment of the journal is damaged and was set aside', { segment: name })
  const aside = path + QUARANTINED
  const bytes = files.read(path)
  if (bytes === undefined || files.read(aside) !== undefined) return
  const file = files.open(aside)
  file.append(bytes)
  // The copy is evidence only: its rows are in the store, so nothing waits for its sync.
  file
    .close()
    .catch((error: unknown) => telemetry.log('warn', 'a copy could not be synced', { segment: name, error }))
}
