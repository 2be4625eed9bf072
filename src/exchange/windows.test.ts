import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { BudgetWindow } from './account.ts'
import { windowAt } from './windows.ts'

const utc = (text: string): number => Date.parse(`${text}Z`)

describe('windows of budgets', () => {
  test.each<[BudgetWindow, string, string, string]>([
    ['hour', '2026-03-29T01:59:59.999', '2026-03-29T01:00:00', '2026-03-29T02:00:00'],
    ['hour', '2026-03-29T02:00:00', '2026-03-29T02:00:00', '2026-03-29T03:00:00'],
    ['day', '2024-02-29T23:59:59.999', '2024-02-29T00:00:00', '2024-03-01T00:00:00'],
    ['week', '2026-01-04T23:59:59.999', '2025-12-29T00:00:00', '2026-01-05T00:00:00'],
    ['week', '2026-01-05T00:00:00', '2026-01-05T00:00:00', '2026-01-12T00:00:00'],
    ['month', '2026-01-31T23:59:59.999', '2026-01-01T00:00:00', '2026-02-01T00:00:00'],
    ['month', '2025-12-31T12:00:00', '2025-12-01T00:00:00', '2026-01-01T00:00:00'],
    ['month', '2024-02-15T00:00:00', '2024-02-01T00:00:00', '2024-03-01T00:00:00'],
  ])('the %s of %s begins at %s and ends at %s', (window, at, start, end) => {
    expect(windowAt(window, utc(at))).toEqual({ startMs: utc(start), endMs: utc(end) })
  })

  test('the total begins with the epoch and never ends', () => {
    expect(windowAt('total', utc('2026-01-01T00:00:00'))).toEqual({
      startMs: 0,
      endMs: Number.POSITIVE_INFINITY,
    })
  })

  test('windows hold their moment and meet without gap or overlap', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<BudgetWindow>('hour', 'day', 'week', 'month'),
        fc.integer({ min: 0, max: 4_102_444_800_000 }),
        (window, atMs) => {
          const { startMs, endMs } = windowAt(window, atMs)
          expect(startMs <= atMs && atMs < endMs).toBe(true)
          expect(windowAt(window, endMs).startMs).toBe(endMs)
          expect(windowAt(window, endMs - 1).startMs).toBe(startMs)
          expect(windowAt(window, startMs)).toEqual({ startMs, endMs })
        },
      ),
    )
  })
})
