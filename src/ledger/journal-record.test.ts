import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { LedgerRow } from '../store/store.ts'
import type { AttemptIntent } from './attempt-intent.ts'
import { createRecordEncoder, decodeSegment, type JournalRecord } from './journal-record.ts'

const amounts = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })

const identity = {
  id: fc.string({ minLength: 1, maxLength: 40 }),
  requestId: fc.string(),
  ordinal: fc.nat(),
  atMs: fc.nat(),
  keyId: fc.string(),
  route: fc.string({ unit: 'binary' }),
  target: fc.string(),
  provider: fc.string(),
  model: fc.string({ unit: 'grapheme', maxLength: 300 }),
  simulated: fc.boolean(),
}

const intents: fc.Arbitrary<AttemptIntent> = fc
  .tuple(
    fc.record({ ...identity, estimatedInputTokens: fc.nat() }),
    fc.record(
      { project: fc.string(), priceId: fc.string(), estimatedCostNanoUsd: amounts },
      { requiredKeys: [] },
    ),
  )
  .map(([fixed, rest]) => ({ ...fixed, ...rest }))

const tokens = {
  inputTokens: fc.nat(),
  cacheReadTokens: fc.nat(),
  cacheWriteTokens: fc.nat(),
  cacheWriteLongTokens: fc.nat(),
  outputTokens: fc.nat(),
  reasoningTokens: fc.nat(),
}

const rows: fc.Arbitrary<LedgerRow> = fc
  .tuple(
    fc.record({
      ...identity,
      ...tokens,
      outcome: fc.string(),
      durationMs: fc.integer({ min: 0 }).map((value) => value / 8),
      basis: fc.constantFrom('reported', 'estimated', 'crash-estimate', 'none'),
    }),
    fc.record(
      { project: fc.string(), priceId: fc.string(), status: fc.nat(), costNanoUsd: amounts },
      { requiredKeys: [] },
    ),
  )
  .map(([fixed, rest]) => ({ ...fixed, ...rest }))

const records: fc.Arbitrary<JournalRecord> = fc.oneof(
  intents.map((intent): JournalRecord => ({ type: 'intent', intent })),
  rows.map((row): JournalRecord => ({ type: 'settle', row })),
  fc.string().map((id): JournalRecord => ({ type: 'void', id })),
)

function encodeAll(list: readonly JournalRecord[]): { bytes: Uint8Array; ends: number[] } {
  const encode = createRecordEncoder()
  const parts: number[] = []
  const ends = [0]
  for (const record of list) {
    parts.push(...encode(record))
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

  test('a name of absurd length is clipped and harms nothing', () => {
    const [row] = fc.sample(rows, { numRuns: 1, seed: 9 })
    if (row === undefined) throw new Error('no sample')
    const { bytes } = encodeAll([
      { type: 'settle', row: { ...row, model: 'm'.repeat(5_000_000) } },
      { type: 'void', id: 'att_1' },
    ])
    expect(bytes.length).toBeLessThan(10_000)
    const content = decodeSegment(bytes)
    expect(content).toMatchObject({ tornBytes: 0, damaged: 0 })
    expect(content.records).toHaveLength(2)
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
