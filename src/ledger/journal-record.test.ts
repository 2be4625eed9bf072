import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { crc32 } from '../kit/hash.ts'
import { RecordEncoder, decodeSegment, toVoidRecord, type JournalRecord } from './journal-record.ts'

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
    const length = encoder.encode(record)
    parts.push(...encoder.bytes.subarray(0, length))
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
