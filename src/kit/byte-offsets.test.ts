import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { measureBytes } from './byte-offsets.ts'

describe('offsets of a text in characters and in bytes', () => {
  test('lead to the same place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.nat({ max: 60 }), (text, at) => {
        const offsets = measureBytes(text)
        const characters = Array.from(text)
        const before = characters.slice(0, at).join('')
        const byte = Buffer.byteLength(before)
        expect(offsets.toByte(before.length)).toBe(byte)
        expect(offsets.toUnit(byte)).toBe(before.length)
      }),
    )
  })

  test('within a character are those of its beginning, and beyond the end those of the end', () => {
    const offsets = measureBytes('ü🚀!')
    expect([0, 1, 2, 3, 5, 6, 7, 99, -1].map((byte) => offsets.toUnit(byte))).toEqual([
      0, 0, 1, 1, 1, 3, 4, 4, 0,
    ])
    expect([0, 1, 2, 3, 4, 99, -1].map((unit) => offsets.toByte(unit))).toEqual([0, 2, 2, 6, 7, 7, 0])
    expect(measureBytes('abc').toByte(9)).toBe(3)
  })
})
