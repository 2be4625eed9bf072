import { crc32 } from '../kit/hash.ts'
import { isArray, parseJson, type Json } from '../kit/json.ts'
import type { LedgerRow } from '../store/store.ts'
import type { AttemptIntent } from './attempt-intent.ts'

/** One line of the journal. */
export type JournalRecord =
  | { readonly type: 'intent'; readonly intent: AttemptIntent }
  | { readonly type: 'settle'; readonly row: LedgerRow }
  /** An intent whose attempt was never sent. */
  | { readonly type: 'void'; readonly id: string }

const VERSION = 1
const TYPES = { intent: 1, settle: 2, void: 3 } as const
/** Length of the payload and its CRC-32, both little-endian. */
const HEADER_BYTES = 8
/** Version and type. */
const PREFIX_BYTES = 2
/** No record comes near this, since texts are clipped; a length beyond it is damage. */
const MAX_PAYLOAD_BYTES = 1024 * 1024
/** Characters of one text; a client may ask for a model of any name. */
const MAX_TEXT_CHARACTERS = 1_000

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Writes records to bytes that stay valid until the next call. */
export type RecordEncoder = (record: JournalRecord) => Uint8Array

/**
 * Creates an encoder with a buffer of its own. Layout: length u32, crc32 u32 (of the payload), then the payload:
 * version u8, type u8, body. The body is a JSON array in fixed order (the id alone for `void`), amounts as decimal text.
 */
export function createRecordEncoder(): RecordEncoder {
  const start = HEADER_BYTES + PREFIX_BYTES
  let buffer = new Uint8Array(16 * 1024)
  let space = buffer.subarray(start)
  let view = new DataView(buffer.buffer)
  return (record) => {
    const body = bodyOf(record)
    // UTF-8 takes at most three bytes per UTF-16 unit.
    if (start + body.length * 3 > buffer.length) {
      buffer = new Uint8Array(start + body.length * 3)
      space = buffer.subarray(start)
      view = new DataView(buffer.buffer)
    }
    const { written } = encoder.encodeInto(body, space)
    const end = start + written
    buffer[HEADER_BYTES] = VERSION
    buffer[HEADER_BYTES + 1] = TYPES[record.type]
    view.setUint32(0, end - HEADER_BYTES, true)
    view.setUint32(4, crc32(buffer.subarray(HEADER_BYTES, end)), true)
    return buffer.subarray(0, end)
  }
}

function bodyOf(record: JournalRecord): string {
  switch (record.type) {
    case 'intent':
      return JSON.stringify(fromIntent(record.intent))
    case 'settle':
      return JSON.stringify(fromRow(record.row))
    case 'void':
      return JSON.stringify([record.id])
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
  let body: Json
  try {
    body = parseJson(decoder.decode(payload.subarray(PREFIX_BYTES)))
  } catch {
    return 'unreadable'
  }
  if (!isArray(body)) return 'unreadable'
  const type = payload[1]
  if (type === TYPES.intent) return { type: 'intent', intent: toIntent(body) }
  if (type === TYPES.settle) return { type: 'settle', row: toRow(body) }
  if (type === TYPES.void) return { type: 'void', id: textIn(body, 0) }
  return undefined
}

function clip(text: string): string {
  return text.length <= MAX_TEXT_CHARACTERS ? text : text.slice(0, MAX_TEXT_CHARACTERS)
}

function fromIntent(intent: AttemptIntent): Json[] {
  return [
    intent.id,
    clip(intent.requestId),
    intent.ordinal,
    intent.atMs,
    clip(intent.keyId),
    intent.project === undefined ? null : clip(intent.project),
    clip(intent.route),
    clip(intent.target),
    clip(intent.provider),
    clip(intent.model),
    intent.priceId === undefined ? null : clip(intent.priceId),
    intent.simulated,
    intent.estimatedInputTokens,
    intent.estimatedCostNanoUsd === undefined ? null : intent.estimatedCostNanoUsd.toString(),
  ]
}

function fromRow(row: LedgerRow): Json[] {
  return [
    row.id,
    clip(row.requestId),
    row.ordinal,
    row.atMs,
    clip(row.keyId),
    row.project === undefined ? null : clip(row.project),
    clip(row.route),
    clip(row.target),
    clip(row.provider),
    clip(row.model),
    row.priceId === undefined ? null : clip(row.priceId),
    row.simulated,
    clip(row.outcome),
    row.status ?? null,
    row.durationMs,
    row.inputTokens,
    row.cacheReadTokens,
    row.cacheWriteTokens,
    row.cacheWriteLongTokens,
    row.outputTokens,
    row.reasoningTokens,
    row.basis,
    row.costNanoUsd === undefined ? null : row.costNanoUsd.toString(),
  ]
}

function toIdentity(
  body: readonly Json[],
): Omit<AttemptIntent, 'estimatedInputTokens' | 'estimatedCostNanoUsd'> {
  return {
    id: textIn(body, 0),
    requestId: textIn(body, 1),
    ordinal: numberIn(body, 2),
    atMs: numberIn(body, 3),
    keyId: textIn(body, 4),
    ...(typeof body[5] === 'string' ? { project: body[5] } : {}),
    route: textIn(body, 6),
    target: textIn(body, 7),
    provider: textIn(body, 8),
    model: textIn(body, 9),
    ...(typeof body[10] === 'string' ? { priceId: body[10] } : {}),
    simulated: body[11] === true,
  }
}

function toIntent(body: readonly Json[]): AttemptIntent {
  const cost = amountIn(body, 13)
  return {
    ...toIdentity(body),
    estimatedInputTokens: numberIn(body, 12),
    ...(cost === undefined ? {} : { estimatedCostNanoUsd: cost }),
  }
}

function toRow(body: readonly Json[]): LedgerRow {
  const cost = amountIn(body, 22)
  return {
    ...toIdentity(body),
    outcome: textIn(body, 12),
    ...(typeof body[13] === 'number' ? { status: body[13] } : {}),
    durationMs: numberIn(body, 14),
    inputTokens: numberIn(body, 15),
    cacheReadTokens: numberIn(body, 16),
    cacheWriteTokens: numberIn(body, 17),
    cacheWriteLongTokens: numberIn(body, 18),
    outputTokens: numberIn(body, 19),
    reasoningTokens: numberIn(body, 20),
    basis: toBasis(textIn(body, 21)),
    ...(cost === undefined ? {} : { costNanoUsd: cost }),
  }
}

function toBasis(text: string): LedgerRow['basis'] {
  return text === 'reported' || text === 'estimated' || text === 'crash-estimate' ? text : 'none'
}

function textIn(body: readonly Json[], index: number): string {
  const value = body[index]
  return typeof value === 'string' ? value : ''
}

function numberIn(body: readonly Json[], index: number): number {
  const value = body[index]
  return typeof value === 'number' ? value : 0
}

function amountIn(body: readonly Json[], index: number): bigint | undefined {
  const value = body[index]
  return typeof value === 'string' && /^-?\d{1,30}$/.test(value) ? BigInt(value) : undefined
}
