import { expect, test } from 'bun:test'
import { LIMITS } from '../kit/limits.ts'
import { brokenFrameFailure } from './broken-frames.ts'

const most = LIMITS.brokenFrames

test.each([
  { count: 1, spoke: true, inCall: false, code: undefined },
  { count: most, spoke: true, inCall: false, code: undefined },
  { count: most + 1, spoke: true, inCall: false, code: 'malformed-response' },
  { count: 1, spoke: false, inCall: false, code: 'malformed-response' },
  { count: 1, spoke: true, inCall: true, code: 'malformed-response' },
] as const)('a broken frame: $count, spoke $spoke, in a call $inCall', ({ code, ...frame }) => {
  expect(brokenFrameFailure(frame)?.code).toBe(code)
})
