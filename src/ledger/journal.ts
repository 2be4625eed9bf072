import type { AppendFile } from '../kit/append-file.ts'
import type { Clock, Timer } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { JournalFiles } from './journal-files.ts'
import type { LedgerText } from '../store/store.ts'
import { RecordEncoder, type JournalRecord } from './journal-record.ts'
import type { QueuedRow } from './row-queue.ts'

/** A file of the journal and the entries that still need it. */
interface Segment {
  readonly file: AppendFile
  readonly entries: Set<JournalEntry>
  /** Records written into it, whether anything still needs them or not. */
  records: number
}

/** A record that matters until it is removed: an open intent, or a row that is not in the store yet. */
export class JournalEntry implements JournalRecord, QueuedRow {
  readonly id: string
  type: 'intent' | 'settle'
  text: LedgerText
  /** Where it was written last. */
  segment: Segment | undefined
  /** Of the queue to the store. */
  position = 0

  constructor(id: string, type: 'intent' | 'settle', text: LedgerText) {
    this.id = id
    this.type = type
    this.text = text
  }
}

export interface JournalOptions {
  readonly files: JournalFiles
  /** A directory of this process alone. */
  readonly directory: string
  readonly clock: Clock
  readonly telemetry: Telemetry
  /** Size at which a new segment begins; the house's own by default. */
  readonly segmentBytes?: number
}

/** How long the journal rests after it could not be written, before it tries a new file. */
const RETRY_MS = 1_000

/** Segments end with this; quarantined ones get a further ending. */
export const SEGMENT_ENDING = '.wal'

/**
 * The local log of announced and settled attempts, in segments. A segment is deleted when no entry needs it and no older
 * segment is left: a record may be cancelled by a later one, so later ones must outlive it. Few entries that keep old
 * segments alive (long streams) are written again at the end, so that the journal does not grow with time.
 */
export class Journal {
  readonly #options: JournalOptions
  readonly #encoder = new RecordEncoder()
  /** Oldest first; the last is written to. */
  readonly #segments: Segment[] = []
  #nameCounter = 0
  /** Why nothing can be written. */
  #failure: Error | undefined
  #retry: Timer | undefined

  constructor(options: JournalOptions) {
    this.#options = options
  }

  /** Why nothing can be written; undefined while everything can. A journal that failed tries by itself until it can. */
  get failure(): string | undefined {
    return this.#failure?.message
  }

  get segments(): number {
    return this.#segments.length
  }

  /** Writes the entry's record and keeps its segment until `remove`. Throws FileError when it cannot be written. */
  write(entry: JournalEntry): void {
    const segment = this.#append(entry)
    if (entry.segment === segment) return
    this.#detach(entry)
    entry.segment = segment
    segment.entries.add(entry)
  }

  /** Writes a record that nothing waits for. Throws FileError. */
  note(record: JournalRecord): void {
    this.#append(record)
  }

  /** The entry is no longer needed. */
  remove(entry: JournalEntry): void {
    this.#detach(entry)
    this.#deleteOld()
  }

  /** Resolves when all that was written so far is on disk. */
  async synced(): Promise<void> {
    await this.#segments.at(-1)?.file.synced()
  }

  /** Syncs and closes. Without entries left, the files go. */
  async close(): Promise<void> {
    this.#retry?.cancel()
    const segments = this.#segments.splice(0)
    await Promise.allSettled(segments.map(({ file }) => file.close()))
    let needed = false
    for (const { file, entries } of segments) {
      needed ||= entries.size > 0
      if (!needed) this.#options.files.remove(file.path)
    }
  }

  #append(record: JournalRecord): Segment {
    const current = this.#segments.at(-1)
    if (current !== undefined && this.#appendTo(current, record)) return current
    if (this.#failure !== undefined) throw this.#failure
    const next = this.#begin()
    try {
      if (current?.file.poisoned !== undefined) this.#carry(current, next)
      this.#writeTo(next, record)
    } catch (error) {
      this.#discard(next)
      throw error
    }
    if (this.#segments.length > LIMITS.journalSegments) this.#carryOldest(next)
    return next
  }

  /** Writes into the current segment, or says that a new one is needed. */
  #appendTo(segment: Segment, record: JournalRecord): boolean {
    if (segment.file.poisoned !== undefined) return false
    if (segment.file.size >= (this.#options.segmentBytes ?? LIMITS.journalSegmentBytes)) {
      // The close syncs; when that fails, what the segment held is written again.
      segment.file.close().catch((error: unknown) => {
        this.#report('a segment of the journal cannot be synced', error)
        this.#carrySafely(segment)
      })
      return false
    }
    try {
      this.#put(segment, record)
      return true
    } catch (error) {
      this.#report('a segment of the journal cannot be written', error)
      return false
    }
  }

  /** Begins a segment with the record that names its columns, so that one that is there can be written. Throws FileError. */
  #begin(): Segment {
    const { files, directory, clock } = this.#options
    const taken = new Set(files.list(directory))
    let name: string
    do {
      this.#nameCounter += 1
      name = `${pad(clock.nowMs(), 14)}-${pad(this.#nameCounter, 6)}${SEGMENT_ENDING}`
    } while (taken.has(name))
    let segment: Segment | undefined
    try {
      segment = { file: files.open(`${directory}/${name}`), entries: new Set(), records: 0 }
      this.#segments.push(segment)
      const length = this.#encoder.encodeColumns()
      segment.file.append(this.#encoder.bytes, length)
      return segment
    } catch (error) {
      if (segment !== undefined) this.#discard(segment)
      throw this.#break(error)
    }
  }

  #writeTo(segment: Segment, record: JournalRecord): void {
    try {
      this.#put(segment, record)
    } catch (error) {
      throw this.#break(error)
    }
  }

  #put(segment: Segment, record: JournalRecord): void {
    const length = this.#encoder.encode(record)
    segment.file.append(this.#encoder.bytes, length)
    segment.records += 1
  }

  /** Takes back a segment that could not be begun properly, so that failed tries leave no files behind. */
  #discard(segment: Segment): void {
    if (segment.entries.size > 0) return
    this.#segments.splice(this.#segments.indexOf(segment), 1)
    this.#remove(segment)
  }

  /** A file that is removed while it is open keeps its room on the disk, so it is closed, whatever became of it. */
  #remove({ file }: Segment): void {
    file.close().catch(() => undefined)
    try {
      this.#options.files.remove(file.path)
    } catch (error) {
      this.#report('a segment of the journal cannot be removed', error)
    }
  }

  #break(error: unknown): Error {
    this.#retry ??= this.#options.clock.after(RETRY_MS, () => this.#tryAgain())
    this.#failure = error instanceof Error ? error : new Error(String(error))
    return this.#failure
  }

  /** Begins a new segment, whether anybody wants to write or not: while nothing can be written nobody is let in who would. */
  #tryAgain(): void {
    this.#retry = undefined
    const last = this.#segments.at(-1)
    try {
      const next = this.#begin()
      if (last?.file.poisoned !== undefined) this.#carry(last, next)
      this.#failure = undefined
    } catch {
      // It was noted where it happened, and the next try is due.
    }
  }

  /** Writes the entries of a segment again, into another one. */
  #carry(from: Segment, into: Segment): void {
    for (const entry of from.entries) {
      this.#writeTo(into, entry)
      from.entries.delete(entry)
      entry.segment = into
      into.entries.add(entry)
    }
    this.#deleteOld()
  }

  /**
   * Writes again what the oldest segment still holds, unless that is most of it: with the store down nearly every entry is
   * needed, and writing them all again, segment after segment, would take longer than anything else. How many can be needed is bounded.
   */
  #carryOldest(into: Segment): void {
    const [oldest] = this.#segments
    if (oldest === undefined || oldest === into || oldest.entries.size * 2 > oldest.records) return
    try {
      this.#carry(oldest, into)
    } catch (error) {
      this.#report('the oldest segment of the journal cannot be written again now', error)
    }
  }

  #carrySafely(from: Segment): void {
    try {
      const current = this.#segments.at(-1)
      const into = current === undefined || current.file.poisoned !== undefined ? this.#begin() : current
      if (into !== from) this.#carry(from, into)
    } catch (error) {
      this.#report('the journal cannot be repaired now', error)
    }
  }

  #detach(entry: JournalEntry): void {
    entry.segment?.entries.delete(entry)
    entry.segment = undefined
  }

  #deleteOld(): void {
    for (let first = this.#segments[0]; first !== undefined; first = this.#segments[0]) {
      if (first.entries.size > 0 || this.#segments.length === 1) return
      this.#segments.shift()
      this.#remove(first)
    }
  }

  #report(message: string, error: unknown): void {
    this.#options.telemetry.count('gatehouse_journal_failures_total')
    this.#options.telemetry.log('error', message, {
      reason: error instanceof Error ? error.message : String(error),
    })
  }
}

function pad(value: number, width: number): string {
  return String(Math.max(0, Math.floor(value))).padStart(width, '0')
}
