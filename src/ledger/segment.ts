import type { AppendFile } from '../kit/append-file.ts'
import type { LedgerText } from '../store/store.ts'
import { wholeRecords, type JournalRecord, type RecordEncoder } from './journal-record.ts'
import type { QueuedRow } from './row-queue.ts'

/** A record that matters until it is removed: an open intent, or a row that is not in the store yet. */
export class JournalEntry implements JournalRecord, QueuedRow {
  readonly id: string
  type: JournalRecord['type']
  text: LedgerText
  /** Where it was written last. */
  segment: Segment | undefined
  /** Of the queue to the store. */
  position = 0

  constructor(id: string, type: JournalRecord['type'], text: LedgerText) {
    this.id = id
    this.type = type
    this.text = text
  }

  /** It is no longer needed where it stands. */
  detach(): void {
    this.segment?.entries.delete(this)
    this.segment = undefined
  }
}

/** A file of the journal and the entries that still need it. */
export class Segment {
  readonly file: AppendFile
  readonly entries = new Set<JournalEntry>()
  #records = 0

  constructor(file: AppendFile) {
    this.file = file
  }

  /** True when most of what was written into it is still needed. */
  get isMostlyNeeded(): boolean {
    return this.entries.size * 2 > this.#records
  }

  /**
   * Writes entries from one of them on, as many as the encoder has room for, in one piece. Gives how many stand in the file, and are
   * kept by it from now on: fewer than that when the disk fails, and the file is then poisoned.
   */
  put(encoder: RecordEncoder, entries: readonly JournalEntry[], from: number): number {
    encoder.clear()
    let count = 0
    for (let entry = entries[from]; entry !== undefined && encoder.add(entry); entry = entries[from + count])
      count += 1
    const written = this.write(encoder)
    if (written < encoder.length) count = wholeRecords(encoder.bytes, written)
    this.#records += count
    for (let index = from; index < from + count; index += 1) this.#keep(entries[index])
    return count
  }

  /** Writes what the encoder holds. Gives how many bytes of it are in the file. */
  write({ bytes, length }: RecordEncoder): number {
    const { file } = this
    const before = file.size
    try {
      file.append(bytes, length)
    } catch (error) {
      // A poisoned file says itself what ended it.
      if (file.poisoned === undefined) throw error
    }
    return file.size - before
  }

  #keep(entry: JournalEntry | undefined): void {
    if (entry === undefined || entry.segment === this) return
    entry.detach()
    entry.segment = this
    this.entries.add(entry)
  }
}
