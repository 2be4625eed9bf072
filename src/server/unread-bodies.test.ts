import { expect, test } from 'bun:test'
import { LIMITS } from '../kit/limits.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createUnreadBodies } from './unread-bodies.ts'

const SECOND_MS = 1_000
const ofSize = (bytes: number): Headers => new Headers({ 'content-length': String(bytes) })

test('so many bytes of refused bodies pass by at once, and so many more in each second', () => {
  const clock = createManualClock()
  const unread = createUnreadBodies(clock)
  const most = ofSize(LIMITS.unreadBytesPerSecond)
  for (let left = LIMITS.unreadBytes; left > 0; left -= LIMITS.unreadBytesPerSecond)
    expect(unread.mayPass(most)).toBe(true)
  expect(unread.mayPass(most)).toBe(false)
  clock.advance(SECOND_MS)
  expect(unread.mayPass(most)).toBe(true)
  expect(unread.mayPass(most)).toBe(false)
})

test('short bodies always pass by; what has no end, or a very late one, never does', () => {
  const unread = createUnreadBodies(createManualClock())
  expect(unread.mayPass(ofSize(LIMITS.unreadBytes + 1))).toBe(false)
  expect(unread.mayPass(ofSize(LIMITS.unreadBytes))).toBe(true)
  expect(unread.mayPass(ofSize(LIMITS.unreadBodyBytes))).toBe(true)
  expect(unread.mayPass(new Headers())).toBe(true)
  expect(unread.mayPass(new Headers({ 'transfer-encoding': 'chunked' }))).toBe(false)
})
