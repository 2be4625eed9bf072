import { expect, test } from 'bun:test'
import { openCounters } from './open-counters.ts'

test('counters of the process open, and an engine that there is no driver for is named', async () => {
  expect(await openCounters('memory:').enter('one', [{ account: 'key:a', limit: 0 }], 2, 1)).toBe(0)
  expect(() => openCounters('rediss://cache:6379')).toThrow(
    'no driver of counters for `rediss:`: use memory:. Redis',
  )
  expect(() => openCounters('somewhere')).toThrow('no driver of counters for `somewhere`: use memory:.')
})
