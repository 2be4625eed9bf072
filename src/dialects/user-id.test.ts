import { expect, test } from 'bun:test'
import { toWireUser } from './user-id.ts'

test('a user whose name fits keeps it, a longer one is the same digits in every request', () => {
  const notices: string[] = []
  const tell = (code: string, subject?: string): void => void notices.push(`${code}=${subject}`)
  expect(toWireUser('u'.repeat(64), 64, tell)).toBe('u'.repeat(64))
  expect(notices).toEqual([])
  const long = toWireUser('u'.repeat(65), 64, tell)
  expect(long).toMatch(/^[0-9a-f]{64}$/)
  expect(toWireUser('u'.repeat(65), 64, tell)).toBe(long)
  expect(toWireUser('u'.repeat(66), 64, tell)).not.toBe(long)
  expect(toWireUser('u'.repeat(65), 10, tell)).toBe(long.slice(0, 10))
  expect(notices).toEqual(Array.from({ length: 4 }, () => 'param.clamped=user'))
})
