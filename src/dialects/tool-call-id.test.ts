import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createIdMapper } from './tool-call-id.ts'

describe('createIdMapper', () => {
  test('leaves legal ids alone', () => {
    expect(createIdMapper({ pattern: 'any', length: 40 })('functions.search:0')).toBe('functions.search:0')
    expect(createIdMapper({ pattern: 'identifier', length: 64 })('toolu_01-x')).toBe('toolu_01-x')
    expect(createIdMapper({ pattern: 'alphanumeric', length: 9, exact: true })('abcDEF123')).toBe('abcDEF123')
  })

  test('maps illegal characters, over-long ids and the empty id', () => {
    const map = createIdMapper({ pattern: 'identifier', length: 40 })
    for (const id of ['functions.search:0', 'x'.repeat(41), '']) {
      expect(map(id)).toMatch(/^c[a-zA-Z0-9]{39}$/)
    }
  })

  test('gives an exact length where one is demanded', () => {
    const map = createIdMapper({ pattern: 'alphanumeric', length: 9, exact: true })
    expect(map('call_1')).toMatch(/^[a-zA-Z0-9]{9}$/)
    expect(map('call_1')).not.toBe(map('call_2'))
  })

  test('always gives a legal id, the same for the same input and for its own output', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(9, 40, 64), (id, length) => {
        const map = createIdMapper({ pattern: 'alphanumeric', length, exact: length === 9 })
        const mapped = map(id)
        expect(mapped).toMatch(/^[a-zA-Z0-9]+$/)
        expect(mapped.length).toBeLessThanOrEqual(length)
        expect(map(id)).toBe(mapped)
        expect(map(mapped)).toBe(mapped)
      }),
    )
  })
})
