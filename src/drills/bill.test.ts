import { describe, expect, test } from 'bun:test'
import { NO_USAGE } from '../exchange/usage.ts'
import { LIMITS } from '../kit/limits.ts'
import { createBill, type BillEntry } from './bill.ts'
import { parseBill } from './parse-bill.fixture.ts'

function entry(ordinal: number, attemptId?: string): BillEntry {
  return {
    ordinal,
    requestId: `req_${ordinal}`,
    dialect: 'd',
    operation: 'chat',
    model: 'echo',
    stream: true,
    outcome: 'open',
    receivedAtMs: 1,
    ...(attemptId === undefined ? {} : { attemptId }),
  }
}

describe('the bill', () => {
  test('keeps what an entry was when it ended, whatever is said later', () => {
    const bill = createBill()
    bill.add(entry(1))
    bill.update(1, { outcome: 'aborted', endedAtMs: 5 })
    bill.update(1, { outcome: 'completed', endedAtMs: 9 })
    expect(bill.entries()).toMatchObject([{ outcome: 'aborted', endedAtMs: 5 }])
  })

  test('finds every request of an attempt, so that a second sending shows', () => {
    const bill = createBill()
    bill.add(entry(1, 'att_1'))
    bill.add(entry(2, 'att_2'))
    bill.add(entry(3, 'att_1'))
    expect(bill.ofAttempt('att_1').map(({ ordinal }) => ordinal)).toEqual([1, 3])
  })

  test('tells whoever waits that an entry is over', async () => {
    const bill = createBill()
    bill.add(entry(1))
    const waiting = bill.settled(1)
    bill.update(1, { model: 'smart' })
    bill.update(1, { outcome: 'completed' })
    expect(await waiting).toMatchObject({ model: 'smart', outcome: 'completed' })
    expect(await bill.settled(1)).toMatchObject({ outcome: 'completed' })
    expect(bill.settled(2)).rejects.toThrow('no entry 2')
  })

  test('forgets the oldest beyond its bound and says how many', () => {
    const bill = createBill()
    for (let ordinal = 1; ordinal <= LIMITS.simulatedBillEntries + 2; ordinal += 1) bill.add(entry(ordinal))
    expect(bill.entries()).toHaveLength(LIMITS.simulatedBillEntries)
    expect(bill.entries()[0]?.ordinal).toBe(3)
    expect(bill.forgotten).toBe(2)
  })

  test('can be read back from its lines, open requests and a torn last line included', () => {
    const lines: string[] = []
    const bill = createBill((line) => lines.push(line))
    bill.add(entry(1, 'att_1'))
    bill.add(entry(2))
    bill.update(1, { outcome: 'completed', usage: { ...NO_USAGE, outputTokens: 7 } })
    const torn = `${lines.join('')}{"ordinal":3,"outc`
    expect(parseBill(torn)).toMatchObject([
      { ordinal: 1, attemptId: 'att_1', outcome: 'completed', usage: { outputTokens: 7 } },
      { ordinal: 2, outcome: 'open' },
    ])
  })
})
