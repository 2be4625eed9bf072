import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import {
  formatUsd,
  inDollars,
  parsePricePerMillion,
  parseUsd,
  PriceSum,
  showUsd,
  toNanoUsd,
} from './money.ts'

describe('amounts', () => {
  test('are read exactly', () => {
    const table = [
      ['0', 0n],
      ['12.5', 12_500_000_000n],
      ['0.000000001', 1n],
      ['1.', 1_000_000_000n],
      [0.003, 3_000_000n],
      [1e-7, 100n],
      ['1e3', 1_000_000_000_000n],
      ['999999999999999', 999_999_999_999_999_000_000_000n],
    ] as const
    for (const [text, nano] of table) expect(parseUsd(text)).toBe(nano)
  })

  test('finer than a billionth are rounded up, however fine', () => {
    expect(parseUsd('0.0000000001')).toBe(1n)
    expect(parseUsd('0.0000000010')).toBe(1n)
    expect(parseUsd('0.0000000011')).toBe(2n)
    expect(parseUsd('0.0000000000000000001')).toBe(1n)
  })

  test('that are no decimals ≥ 0 are refused', () => {
    for (const text of ['', '-1', '.5', '1,5', '1e999', ' 1', '0x10', 'NaN', Number.NaN, Infinity, -0.5])
      expect(() => parseUsd(text)).toThrow(RangeError)
  })

  test('are written with at least six decimals and no more zeros than that', () => {
    expect(formatUsd(177_000n)).toBe('0.000177')
    expect(formatUsd(177_001n)).toBe('0.000177001')
    expect(formatUsd(177_100n)).toBe('0.0001771')
    expect(formatUsd(0n)).toBe('0.000000')
    expect(formatUsd(12_500_000_000n)).toBe('12.500000')
    expect(formatUsd(-1n)).toBe('-0.000000001')
  })

  test('below zero are shown with the sign before the dollars', () => {
    expect(showUsd(-8_100n)).toBe('-$0.0000081')
    expect(showUsd(8_100n)).toBe('$0.0000081')
    expect(inDollars('-10.500000')).toBe('-$10.500000')
    expect(inDollars('0.000000')).toBe('$0.000000')
  })

  test('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 23n }), (nano) =>
        expect(parseUsd(formatUsd(nano))).toBe(nano),
      ),
    )
  })
})

describe('prices', () => {
  test('per million units are pico-USD per unit', () => {
    expect(parsePricePerMillion('2.5')).toBe(2_500_000n)
    expect(parsePricePerMillion(0.075)).toBe(75_000n)
    expect(parsePricePerMillion(0)).toBe(0n)
  })

  test('make a bill that is rounded up once, and never below the exact sum', () => {
    expect(toNanoUsd(0n)).toBe(0n)
    expect(toNanoUsd(1n)).toBe(1n)
    expect(toNanoUsd(1_000n)).toBe(1n)
    expect(toNanoUsd(1_001n)).toBe(2n)
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), (pico) => {
        const nano = toNanoUsd(pico)
        expect(nano * 1_000n >= pico && (nano - 1n) * 1_000n < pico).toBe(true)
      }),
    )
  })

  test('is the same however large its parts are', () => {
    const part = fc.tuple(
      fc.oneof(fc.nat(1_000_000), fc.maxSafeNat()),
      fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 9n }), fc.bigInt({ min: 0n, max: 10n ** 24n })),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const sum = new PriceSum()
        let exact = 0n
        for (const [units, price] of parts) {
          sum.add(units, price)
          exact += BigInt(units) * price
        }
        expect(sum.toNanoUsd()).toBe(toNanoUsd(exact))
      }),
      { numRuns: 2_000 },
    )
  })
})
