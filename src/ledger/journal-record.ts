import { crc32 } from '../kit/hash.ts'
import { attemptIdIn } from '../store/ledger-text.ts'
import type { LedgerText } from '../store/store.ts'

/** One record of the journal: what became known of one attempt. */
export interface JournalRecord {
  /** Announced, over, or announced and never sent. */
  readonly type: 'intent' | 'settle' | 'void'
  /** The attempt. */
  readonly id: string
  /** Its row: of an intent as it stands should the process die, of a `void` only the id. */
  readonly text: LedgerText
}

/** A record that withdraws an intent. */
export function toVoidRecord(id: string): JournalRecord {
  return { type: 'void', id, text: JSON.stringify([id]) }
}

const VERSION = 2
const TYPES = { intent: 1, settle: 2, void: 3 } as const
/** Length of the payload and its CRC-32, both little-endian. */
const HEADER_BYTES = 8
/** Version and type. */
const PREFIX_BYTES = 2
const TEXT_AT = HEADER_BYTES + PREFIX_BYTES
/** No record comes near this, since names are clipped; a length beyond it is damage. */
const MAX_PAYLOAD_BYTES = 1024 * 1024

const decoder = new TextDecoder()

/** Checksums of version and type, where the one of the text goes on. */
const PREFIX_CRCS = {
  intent: crc32(Uint8Array.of(VERSION, TYPES.intent)),
  settle: crc32(Uint8Array.of(VERSION, TYPES.settle)),
  void: crc32(Uint8Array.of(VERSION, TYPES.void)),
} as const

/**
 * Spells records in a buffer of its own. Layout: length u32, crc32 u32 (of the payload), then the payload: version u8, type u8, text.
 */
export class RecordEncoder {
  #bytes = Buffer.alloc(16 * 1024)

  /** Begins with the record that was encoded last. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** Gives the length of the record, which stays in `bytes` until the next call. */
  encode({ type, text }: JournalRecord): number {
    // UTF-8 takes at most three bytes per UTF-16 unit.
    const most = TEXT_AT + text.length * 3
    if (most > this.#bytes.length) this.#bytes = Buffer.alloc(most)
    const bytes = this.#bytes
    const length = PREFIX_BYTES + bytes.write(text, TEXT_AT)
    bytes[HEADER_BYTES] = VERSION
    bytes[HEADER_BYTES + 1] = TYPES[type]
    bytes.writeUInt32LE(length, 0)
    bytes.writeUInt32LE(crc32(text, PREFIX_CRCS[type]), 4)
    return HEADER_BYTES + length
  }
}

/** What a segment held. */
export interface SegmentContent {
  readonly records: readonly JournalRecord[]
  /** Bytes at the end that are the beginning of a record: what was being written when the process died. */
  readonly tornBytes: number
  /** Records or stretches that fail their checksum, or that cannot be read. */
  readonly damaged: number
}

/**
 * Reads a segment. A record cut short by the end of the file is a torn tail, as is a tail of zeros (a file that had grown on
 * disk before its content) and a bad checksum on the very last record. Bad checksums elsewhere are damage: the record
 * is skipped and reading goes on behind it. Records of a type or version not known here are skipped.
 */
export function decodeSegment(bytes: Uint8Array): SegmentContent {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const records: JournalRecord[] = []
  let damaged = 0
  let at = 0
  while (at < bytes.length) {
    const rest = bytes.length - at
    if (rest < HEADER_BYTES || isZero(bytes, at)) return { records, tornBytes: rest, damaged }
    const length = view.getUint32(at, true)
    if (length < PREFIX_BYTES || length > MAX_PAYLOAD_BYTES)
      return { records, tornBytes: 0, damaged: damaged + 1 }
    if (rest < HEADER_BYTES + length) return { records, tornBytes: rest, damaged }
    const payload = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length)
    const intact = crc32(payload) === view.getUint32(at + 4, true)
    at += HEADER_BYTES + length
    if (!intact) {
      if (at === bytes.length) return { records, tornBytes: rest, damaged }
      damaged += 1
      continue
    }
    if (payload[0] !== VERSION) continue
    const record = toRecord(payload)
    if (record === 'unreadable') damaged += 1
    else if (record !== undefined) records.push(record)
  }
  return { records, tornBytes: 0, damaged }
}

function isZero(bytes: Uint8Array, from: number): boolean {
  for (let index = from; index < bytes.length; index += 1) if (bytes[index] !== 0) return false
  return true
}

function toRecord(payload: Uint8Array): JournalRecord | undefined | 'unreadable' {
  const type = typeOf(payload[1])
  if (type === undefined) return undefined
  const text = decoder.decode(payload.subarray(PREFIX_BYTES))
  const id = attemptIdIn(text)
  return id === undefined ? 'unreadable' : { type, id, text }
}

function typeOf(code: number | undefined): JournalRecord['type'] | undefined {
  if (code === TYPES.intent) return 'intent'
  if (code === TYPES.settle) return 'settle'
  return code === TYPES.void ? 'void' : undefined
}
