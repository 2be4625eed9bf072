import { crc32 } from '../kit/hash.ts'
import { parseRow, unknownNames, upgradeRowText } from '../store/columns.ts'
import { attemptIdIn, LEDGER_COLUMNS } from '../store/ledger-text.ts'
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

/** The text of the record that withdraws an intent. */
export function toVoidText(id: string): LedgerText {
  return JSON.stringify([id])
}

/** The layout that is written. */
const VERSION = 3
const TYPES = { intent: 1, settle: 2, void: 3, columns: 4 } as const
/** Length of the payload and its CRC-32, both little-endian. */
const HEADER_BYTES = 8
/** Version, type, and which columns the text has. */
const PREFIX_BYTES = 6
const TEXT_AT = HEADER_BYTES + PREFIX_BYTES
/** No record comes near this, since names are clipped; a length beyond it is damage. */
const MAX_PAYLOAD_BYTES = 1024 * 1024

/** Records of version 2 (Gatehouse 0.1.0) have version and type before the text, and these columns. */
const VERSION_2 = 2
const VERSION_2_PREFIX_BYTES = 2
const VERSION_2_COLUMNS =
  'id request_id ordinal at_ms key_id project route target provider model outcome status duration_ms input_tokens ' +
  'cache_read_tokens cache_write_tokens cache_write_long_tokens output_tokens reasoning_tokens basis cost_nano_usd ' +
  'price_id simulated'

const decoder = new TextDecoder()

/** The names of today's columns as a segment tells them. */
const COLUMNS_TEXT = JSON.stringify(LEDGER_COLUMNS.map(({ name }) => name))
/** Stands in every record for the names of its columns. */
const COLUMNS_ID = crc32(COLUMNS_TEXT)

function prefixOf(type: keyof typeof TYPES): Uint8Array {
  const prefix = Buffer.from([VERSION, TYPES[type], 0, 0, 0, 0])
  prefix.writeUInt32LE(COLUMNS_ID, 2)
  return prefix
}

/** Checksums of the prefixes, where the one of the text goes on. */
const PREFIX_CRCS = {
  intent: crc32(prefixOf('intent')),
  settle: crc32(prefixOf('settle')),
  void: crc32(prefixOf('void')),
  columns: crc32(prefixOf('columns')),
} as const

/** What is written at once, unless a single record is longer. */
const BUFFER_BYTES = 64 * 1024

/**
 * Spells records, one behind the other, in a buffer of its own. Layout: length u32, crc32 u32 (of the payload), then the payload:
 * version u8, type u8, crc32 u32 of the text that names the columns, text.
 */
export class RecordEncoder {
  #bytes = Buffer.alloc(BUFFER_BYTES)
  #length = 0

  /** Begins with the records that were added since it was cleared. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** How many bytes they are. */
  get length(): number {
    return this.#length
  }

  clear(): void {
    this.#length = 0
  }

  /** Adds a record. Gives false, and adds nothing, when there is no room for it beside those that are there. */
  add({ type, text }: Pick<JournalRecord, 'type' | 'text'>): boolean {
    return this.#add(type, text)
  }

  /** Adds the record that begins a segment: the names of the columns of all others. */
  addColumns(): void {
    this.#add('columns', COLUMNS_TEXT)
  }

  #add(type: keyof typeof TYPES, text: string): boolean {
    const at = this.#length
    // UTF-8 takes at most three bytes per UTF-16 unit.
    const most = TEXT_AT + text.length * 3
    if (at + most > this.#bytes.length) {
      if (at > 0) return false
      this.#bytes = Buffer.alloc(most)
    }
    const bytes = this.#bytes
    const length = PREFIX_BYTES + bytes.write(text, at + TEXT_AT)
    // The prefix, byte by byte: to copy six takes longer.
    bytes[at + HEADER_BYTES] = VERSION
    bytes[at + HEADER_BYTES + 1] = TYPES[type]
    bytes.writeUInt32LE(COLUMNS_ID, at + HEADER_BYTES + 2)
    bytes.writeUInt32LE(length, at)
    bytes.writeUInt32LE(crc32(text, PREFIX_CRCS[type]), at + 4)
    this.#length = at + HEADER_BYTES + length
    return true
  }
}

/** How many records are whole within the first `length` bytes of what an encoder holds. */
export function wholeRecords(bytes: Uint8Array, length: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let count = 0
  let end = 0
  while (end + HEADER_BYTES <= length) {
    end += HEADER_BYTES + view.getUint32(end, true)
    if (end <= length) count += 1
  }
  return count
}

/** What a segment held. */
export interface SegmentContent {
  readonly records: readonly JournalRecord[]
  /** Bytes at the end that are the beginning of a record: what was being written when the process died. */
  readonly tornBytes: number
  /** Records or stretches that fail their checksum, or that cannot be read. */
  readonly damaged: number
  /** What this version has no words for, for example `records of version 9`: the segment must be kept for the one that wrote it. */
  readonly foreign?: string
}

/**
 * Reads a segment, its rows under today's columns. A record cut short by the end of the file is a torn tail, as is a tail of zeros (a
 * file that had grown on disk before its content) and a bad checksum on the very last record. Bad checksums elsewhere are damage: the
 * record is skipped and reading goes on behind it.
 */
export function decodeSegment(bytes: Uint8Array): SegmentContent {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const reader = new PayloadReader()
  let at = 0
  while (at < bytes.length) {
    const rest = bytes.length - at
    if (rest < HEADER_BYTES || isZero(bytes, at)) return reader.content(rest)
    const length = view.getUint32(at, true)
    if (length < VERSION_2_PREFIX_BYTES || length > MAX_PAYLOAD_BYTES) {
      reader.damaged += 1
      return reader.content(0)
    }
    if (rest < HEADER_BYTES + length) return reader.content(rest)
    const payload = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length)
    const intact = crc32(payload) === view.getUint32(at + 4, true)
    at += HEADER_BYTES + length
    if (intact) reader.read(payload)
    else if (at === bytes.length) return reader.content(rest)
    else reader.damaged += 1
  }
  return reader.content(0)
}

function isZero(bytes: Uint8Array, from: number): boolean {
  for (let index = from; index < bytes.length; index += 1) if (bytes[index] !== 0) return false
  return true
}

/** Takes the payloads of a segment in their order, and remembers what their columns are called. */
class PayloadReader {
  damaged = 0
  readonly #records: JournalRecord[] = []
  #foreign: string | undefined
  /** By the checksum that records name them by. Today's need no record: they are read even where it is damaged. */
  readonly #columns = new Map<number, readonly string[] | 'today'>([[COLUMNS_ID, 'today']])

  content(tornBytes: number): SegmentContent {
    const content = { records: this.#records, tornBytes, damaged: this.damaged }
    return this.#foreign === undefined ? content : { ...content, foreign: this.#foreign }
  }

  read(payload: Uint8Array): void {
    const [version = 0, type = 0] = payload
    if (version === VERSION_2) {
      this.#take(type, VERSION_2_COLUMNS.split(' '), textOf(payload, VERSION_2_PREFIX_BYTES))
    } else if (version !== VERSION) {
      this.#foreign ??= `records of version ${version}`
    } else if (payload.length < PREFIX_BYTES) {
      this.damaged += 1
    } else {
      this.#readNamed(type, Buffer.from(payload).readUInt32LE(2), textOf(payload, PREFIX_BYTES))
    }
  }

  #readNamed(type: number, columnsId: number, text: string): void {
    if (type === TYPES.columns) {
      if (columnsId !== COLUMNS_ID) this.#learn(columnsId, text)
      return
    }
    const columns = this.#columns.get(columnsId)
    // The record that named them is damaged.
    if (columns === undefined) this.damaged += 1
    else this.#take(type, columns, text)
  }

  #learn(columnsId: number, text: string): void {
    const names = (parseRow(text) ?? []).filter((name) => typeof name === 'string')
    const [unknown] = unknownNames(LEDGER_COLUMNS, names)
    if (unknown !== undefined) this.#foreign ??= `rows with a column \`${unknown}\``
    this.#columns.set(columnsId, names)
  }

  #take(typeCode: number, names: readonly string[] | 'today', text: string): void {
    const type = typeOf(typeCode)
    if (type === undefined) {
      this.#foreign ??= `records of type ${typeCode}`
      return
    }
    const id = attemptIdIn(text)
    const isToday = type === 'void' || names === 'today'
    const today = isToday ? text : upgradeRowText(LEDGER_COLUMNS, { names, text })
    if (id === undefined || today === undefined) this.damaged += 1
    else this.#records.push({ type, id, text: today })
  }
}

function textOf(payload: Uint8Array, from: number): string {
  return decoder.decode(payload.subarray(from))
}

function typeOf(code: number): JournalRecord['type'] | undefined {
  if (code === TYPES.intent) return 'intent'
  if (code === TYPES.settle) return 'settle'
  return code === TYPES.void ? 'void' : undefined
}
