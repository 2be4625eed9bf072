import { expect, test } from 'bun:test'
import { parseSchedule, scheduleProblem } from './cron.ts'

const AT = Date.UTC(2026, 10, 30, 9, 0, 0)

test.each([
  ['0 9 * * 1', '2026-12-07T09:00:00.000Z'],
  ['*/5 * * * *', '2026-11-30T09:05:00.000Z'],
  ['0 0 29 2 *', '2028-02-29T00:00:00.000Z'],
  ['@weekly', '2026-12-06T00:00:00.000Z'],
])('%s comes next after a time, in UTC', (text, next) => {
  expect(new Date(parseSchedule(text)?.next(AT) ?? 0).toISOString()).toBe(next)
})

test('what is no schedule is told from one whose time never comes', () => {
  for (const text of ['', '9', '61 * * * *', '* * * *', '* * * * * *', 'every monday'])
    expect(scheduleProblem(text)).toBe('no schedule')
  for (const text of ['0 0 31 2 *', '0 0 30 2 *']) expect(scheduleProblem(text)).toBe('never')
  expect(scheduleProblem('0 9 * * 1')).toBeUndefined()
})
