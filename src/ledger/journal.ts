import type { Clock, Timer } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { JournalFiles } from './journal-files.ts'
import { RecordEncoder } from './journal-record.ts'
import { Segment, type JournalEntry } from './segment.ts'

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
  get failure(): Error | undefined {
    return this.#failure
  }

  get segments(): number {
    return this.#segments.length
  }

  /**
   * Writes the records of entries in their order, as many at once as can be, and keeps their segments until they are removed. Gives how
   * many are written: when the disk fails those behind them are not, and `failure` says why.
   */
  write(entries: readonly JournalEntry[]): number {
    let written = 0
    while (written < entries.length) {
      const count = this.#writeOn(entries, written) || this.#writeNext(entries, written)
      if (count === 0) break
      written += count
    }
    return written
  }

  /** The entry is no longer needed. */
  remove(entry: JournalEntry): void {
    entry.detach()
    this.#deleteOld()
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

  /** Writes into the current segment. Gives how many entries it took: none when a new one is needed. */
  #writeOn(entries: readonly JournalEntry[], from: number): number {
    const current = this.#segments.at(-1)
    if (current === undefined || current.file.poisoned !== undefined) return 0
    if (current.file.size >= (this.#options.segmentBytes ?? LIMITS.journalSegmentBytes)) {
      this.#finish(current)
      return 0
    }
    return this.#put(current, entries, from)
  }

  /** Writes into a new segment. Gives how many entries it took: none when the journal has failed. */
  #writeNext(entries: readonly JournalEntry[], from: number): number {
    if (this.#failure !== undefined) return 0
    const next = this.#begin()
    if (next === undefined) return 0
    const count = this.#carryPoisoned(next) ? this.#put(next, entries, from) : 0
    if (count === 0) this.#giveUp(next)
    else if (this.#segments.length > LIMITS.journalSegments) this.#carryOldest(next)
    return count
  }

  #put(segment: Segment, entries: readonly JournalEntry[], from: number): number {
    const count = segment.put(this.#encoder, entries, from)
    const { poisoned } = segment.file
    if (poisoned !== undefined) this.#report('a segment of the journal cannot be written', poisoned)
    return count
  }

  /** The close syncs; when that fails, what the segment held is written again. */
  #finish(segment: Segment): void {
    segment.file.close().catch((error: unknown) => {
      this.#report('a segment of the journal cannot be synced', error)
      this.#repair(segment)
    })
  }

  /** Begins a segment with the record that names its columns, so that one that is there can be written. Undefined when that fails. */
  #begin(): Segment | undefined {
    let segment: Segment
    try {
      segment = new Segment(this.#options.files.open(this.#newPath()))
    } catch (error) {
      this.#break(error)
      return undefined
    }
    this.#segments.push(segment)
    this.#encoder.clear()
    this.#encoder.addColumns()
    segment.write(this.#encoder)
    if (segment.file.poisoned === undefined) return segment
    this.#giveUp(segment)
    return undefined
  }

  /** Names tell the order of segments, and none is given twice. */
  #newPath(): string {
    const { files, directory, clock } = this.#options
    const taken = new Set(files.list(directory))
    let name: string
    do {
      this.#nameCounter += 1
      name = `${pad(clock.nowMs(), 14)}-${pad(this.#nameCounter, 6)}${SEGMENT_ENDING}`
    } while (taken.has(name))
    return `${directory}/${name}`
  }

  /** Nothing can be written. A segment that holds nothing is taken back, so that failed tries leave no files behind. */
  #giveUp(segment: Segment): void {
    this.#break(segment.file.poisoned)
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

  #break(error: unknown): void {
    this.#retry ??= this.#options.clock.after(RETRY_MS, () => this.#tryAgain())
    this.#failure = error instanceof Error ? error : new Error(String(error))
  }

  /** Begins a new segment, whether anybody wants to write or not: while nothing can be written nobody is let in who would. */
  #tryAgain(): void {
    this.#retry = undefined
    const next = this.#begin()
    if (next === undefined) return
    if (this.#carryPoisoned(next)) this.#failure = undefined
    else this.#giveUp(next)
  }

  /** Writes the entries of a segment again, into another one. Gives false when that one fails. */
  #carry(from: Segment, into: Segment): boolean {
    const entries = [...from.entries]
    for (let at = 0; at < entries.length;) {
      at += into.put(this.#encoder, entries, at)
      if (into.file.poisoned !== undefined) return false
    }
    this.#deleteOld()
    return true
  }

  /** Writes again what stands in files that failed. */
  #carryPoisoned(into: Segment): boolean {
    const poisoned = this.#segments.filter(({ file }) => file.poisoned !== undefined)
    return poisoned.every((segment) => this.#carry(segment, into))
  }

  /**
   * Writes again what the oldest segment still holds, unless that is most of it: with the store down nearly every entry is
   * needed, and writing them all again, segment after segment, would take longer than anything else. How many can be needed is bounded.
   */
  #carryOldest(into: Segment): void {
    const [oldest] = this.#segments
    if (oldest === undefined || oldest === into || oldest.isMostlyNeeded || this.#carry(oldest, into)) return
    this.#report('the oldest segment of the journal cannot be written again now', into.file.poisoned)
  }

  /** Writes again what a segment holds that could not be synced; if that fails too, the next that is begun takes it over. */
  #repair(segment: Segment): void {
    const current = this.#segments.at(-1)
    const into = current === undefined || current.file.poisoned !== undefined ? this.#begin() : current
    if (into !== undefined && this.#carry(segment, into)) return
    this.#report('the journal cannot be repaired now', into?.file.poisoned ?? this.#failure)
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
