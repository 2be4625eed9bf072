import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { crc32 } from '../kit/hash.ts'
import { LEDGER_COLUMNS, toLedgerText } from '../store/ledger-text.ts'
import { crashedRow } from './crashed-row.fixture.ts'
import {
  RecordEncoder,
  decodeSegment,
  toVoidText,
  wholeRecords,
  type JournalRecord,
} from './journal-record.ts'

const toVoidRecord = (id: string): JournalRecord => ({ type: 'void', id, text: toVoidText(id) })

/** Ids of attempts, of every kind of character: some take one byte in memory and two in UTF-8. */
const ids = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.string({ unit: fc.constantFrom('a', '"', 'é', 'ÿ', '\u0000', '\u2028', '\ud800'), minLength: 1 }),
)

const records: fc.Arbitrary<JournalRecord> = fc.oneof(
  fc
    .tuple(fc.constantFrom('intent', 'settle'), ids, fc.array(fc.oneof(ids, fc.double(), fc.constant(null))))
    .map(([type, id, values]): JournalRecord => ({ type, id, text: JSON.stringify([id, ...values]) })),
  ids.map(toVoidRecord),
)

function encodeAll(list: readonly JournalRecord[]): { bytes: Uint8Array; ends: number[] } {
  const encoder = new RecordEncoder()
  const parts: number[] = []
  const ends = [0]
  for (const record of list) {
    encoder.clear()
    expect(encoder.add(record)).toBe(true)
    parts.push(...encoder.bytes.subarray(0, encoder.length))
    ends.push(parts.length)
  }
  return { bytes: Uint8Array.from(parts), ends }
}

describe('records of the journal', () => {
  test('any records come back as they were written', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 5 }), (list) => {
        expect(decodeSegment(encodeAll(list).bytes)).toEqual({ records: list, tornBytes: 0, damaged: 0 })
      }),
      { numRuns: 200 },
    )
  })

  test('cut at any byte, every whole record is read and the rest is a torn tail', () => {
    const list = fc.sample(records, { numRuns: 4, seed: 7 })
    const { bytes, ends } = encodeAll(list)
    for (let length = 0; length <= bytes.length; length += 1) {
      const whole = ends.filter((end) => end <= length).length - 1
      expect(decodeSegment(bytes.subarray(0, length))).toEqual({
        records: list.slice(0, whole),
        tornBytes: length - (ends[whole] ?? 0),
        damaged: 0,
      })
    }
  })

  test('a flipped bit anywhere never yields a changed record', () => {
    const list = fc.sample(records, { numRuns: 3, seed: 11 })
    const { bytes } = encodeAll(list)
    for (let at = 0; at < bytes.length; at += 1) {
      const harmed = bytes.slice()
      harmed[at] = (harmed[at] ?? 0) ^ (1 << (at % 8))
      const content = decodeSegment(harmed)
      for (const record of content.records) expect(list).toContainEqual(record)
      expect(content.records.length).toBeLessThan(list.length)
      expect(content.damaged > 0 || content.tornBytes > 0).toBe(true)
    }
  })

  test('a text longer than the buffer is written whole, and so is the next', () => {
    const long: JournalRecord = {
      type: 'settle',
      id: 'att_1',
      text: JSON.stringify(['att_1', 'é'.repeat(50_000)]),
    }
    const list = [long, toVoidRecord('att_1')]
    expect(decodeSegment(encodeAll(list).bytes)).toEqual({ records: list, tornBytes: 0, damaged: 0 })
  })

  test('records that were added one behind the other are those that were written one by one', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 5 }), (list) => {
        const encoder = new RecordEncoder()
        encoder.add(toVoidRecord('att_0'))
        encoder.clear()
        for (const record of list) expect(encoder.add(record)).toBe(true)
        expect([...encoder.bytes.subarray(0, encoder.length)]).toEqual([...encodeAll(list).bytes])
      }),
    )
  })

  test('a record for which there is no room beside others is not begun', () => {
    const encoder = new RecordEncoder()
    const record: JournalRecord = {
      type: 'settle',
      id: 'att_1',
      text: JSON.stringify(['att_1', 'é'.repeat(500)]),
    }
    const added: JournalRecord[] = []
    while (encoder.add(record)) added.push(record)
    expect(added.length).toBeGreaterThan(10)
    const written = encoder.bytes.slice(0, encoder.length)
    expect(decodeSegment(written)).toEqual({ records: added, tornBytes: 0, damaged: 0 })
    encoder.clear()
    expect(encoder.add(record)).toBe(true)
  })

  test('of bytes cut anywhere, the records are counted that are whole', () => {
    const list = fc.sample(records, { numRuns: 4, seed: 7 })
    const { bytes, ends } = encodeAll(list)
    for (let length = 0; length <= bytes.length; length += 1)
      expect(wholeRecords(bytes, length)).toBe(ends.filter((end) => end <= length).length - 1)
  })

  test('the checksum is the one of all bytes behind it', () => {
    for (const record of fc.sample(records, { numRuns: 50, seed: 13 })) {
      const { bytes } = encodeAll([record])
      expect(new DataView(bytes.buffer).getUint32(4, true)).toBe(crc32(bytes.subarray(8)))
    }
  })

  test('damage to one record leaves those behind it readable', () => {
    const list = fc.sample(records, { numRuns: 3, seed: 3 })
    const { bytes, ends } = encodeAll(list)
    const at = (ends[1] ?? 0) + 12
    bytes[at] = (bytes[at] ?? 0) ^ 0xff
    const content = decodeSegment(bytes)
    expect(content.damaged).toBe(1)
    expect(content.records).toEqual([list[0], list[2]].flatMap((record) => record ?? []))
  })

  test('a tail of zeros is torn, not damaged', () => {
    const list = fc.sample(records, { numRuns: 2, seed: 5 })
    const { bytes } = encodeAll(list)
    const grown = new Uint8Array(bytes.length + 4096)
    grown.set(bytes)
    expect(decodeSegment(grown)).toEqual({ records: list, tornBytes: 4096, damaged: 0 })
  })
})

const NAMES = LEDGER_COLUMNS.map(({ name }) => name)
const INTENT = 1
const SETTLE = 2
const COLUMNS = 4

/** A record as another version writes it, in the layout of version 3 unless another one is named. */
function foreignRecord(type: number, names: readonly string[], values: unknown, version = 3): Buffer {
  const prefix = Buffer.from([version, type, 0, 0, 0, 0])
  prefix.writeUInt32LE(crc32(JSON.stringify(names)), 2)
  const payload = Buffer.concat([prefix, Buffer.from(JSON.stringify(values))])
  const header = Buffer.alloc(8)
  header.writeUInt32LE(payload.length, 0)
  header.writeUInt32LE(crc32(payload), 4)
  return Buffer.concat([header, payload])
}

describe('records of another version', () => {
  const today = new RecordEncoder()
  const settle: JournalRecord = { type: 'settle', id: 'att_1', text: toLedgerText(crashedRow('att_1')) }
  today.add(settle)
  const known = today.bytes.slice(0, today.length)

  test('rows of fewer columns are read by the names that their segment tells', () => {
    const names = ['id', 'route', 'input_tokens']
    const segment = Buffer.concat([
      foreignRecord(COLUMNS, names, names),
      foreignRecord(SETTLE, names, ['att_7', 'smart', 12]),
    ])
    const { records: read, damaged, foreign } = decodeSegment(segment)
    expect({ damaged, foreign }).toEqual({ damaged: 0, foreign: undefined })
    const values: unknown = JSON.parse(read[0]?.text ?? '')
    expect(read[0]).toMatchObject({ type: 'settle', id: 'att_7' })
    expect(values).toHaveLength(NAMES.length)
    expect(values).toMatchObject({
      [NAMES.indexOf('id')]: 'att_7',
      [NAMES.indexOf('route')]: 'smart',
      [NAMES.indexOf('input_tokens')]: 12,
      [NAMES.indexOf('project')]: null,
      [NAMES.indexOf('output_tokens')]: 0,
    })
  })

  test('a column that this version lacks is told, even where no row follows', () => {
    const names = [...NAMES, 'mood']
    const segment = foreignRecord(COLUMNS, names, names)
    expect(decodeSegment(segment)).toMatchObject({ foreign: 'rows with a column `mood`' })
  })

  test('layouts and types that this version lacks are told, and never count as damage', () => {
    for (const version of [0, 1, 4, 255]) {
      const segment = Buffer.concat([known, foreignRecord(INTENT, NAMES, ['att_2'], version)])
      expect(decodeSegment(segment)).toEqual({
        records: [settle],
        tornBytes: 0,
        damaged: 0,
        foreign: `records of version ${version}`,
      })
    }
    const segment = Buffer.concat([foreignRecord(9, NAMES, ['att_2']), known])
    expect(decodeSegment(segment)).toMatchObject({ records: [settle], foreign: 'records of type 9' })
  })

  test('rows whose names are damaged are damaged, those of today are read without', () => {
    const names = ['id', 'route']
    const named = foreignRecord(COLUMNS, names, names)
    named[10] = (named[10] ?? 0) ^ 1
    const segment = Buffer.concat([named, foreignRecord(SETTLE, names, ['att_7', 'smart']), known])
    expect(decodeSegment(segment)).toEqual({ records: [settle], tornBytes: 0, damaged: 2 })
  })
})
