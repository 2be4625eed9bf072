import { expect, test } from 'bun:test'
import { LIMITS } from '../kit/limits.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import type { Expiry, Pruned } from '../store/store.ts'
import { SILENT } from '../telemetry/silent-telemetry.fixture.ts'
import { followRetention } from './retention.ts'

const DAY_MS = 86_400_000

/** Lets everything run that waits for no timer. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

function open() {
  const clock = createManualClock()
  const asked: Expiry[] = []
  const forgotten: number[] = []
  const state = { answer: async (): Promise<Pruned> => ({ rows: 0, more: false }) }
  const following = followRetention({
    retention: { requests: 30 * DAY_MS, size: 1_000, shadows: 60 * DAY_MS, keys: 90 * DAY_MS, reserve: 0 },
    responses: { retention: DAY_MS },
    store: {
      prune(expiry) {
        asked.push(expiry)
        return state.answer()
      },
    },
    ledger: { forgetDamaged: (beforeMs) => void forgotten.push(beforeMs) },
    firstKeyId: 'first',
    clock,
    telemetry: SILENT,
  })
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.advance(50)
      await settle()
    }
  }
  return { clock, asked, forgotten, state, following, pass }
}

test('what is older than it may be is told to the store and the ledger, once a minute', async () => {
  const { clock, asked, forgotten, following, pass } = open()
  await pass(10_000)
  const nowMs = clock.nowMs()
  expect(asked).toEqual([
    {
      requestsBeforeMs: nowMs - 30 * DAY_MS,
      requestBytes: 1_000,
      responsesBeforeMs: nowMs - DAY_MS,
      repliesBeforeMs: nowMs - DAY_MS,
      vaultEndsMs: nowMs,
      shadowsBeforeMs: nowMs - 60 * DAY_MS,
      shadowRows: LIMITS.shadowRows,
      seriesMinutesBeforeMs: nowMs - LIMITS.seriesMinutesMs - 3_600_000,
      seriesHoursBeforeMs: nowMs - LIMITS.seriesHoursMs,
      keysBeforeMs: nowMs - 90 * DAY_MS,
      keptKey: 'first',
    },
  ])
  expect(forgotten).toEqual([nowMs - 90 * DAY_MS])
  await pass(60_000)
  expect(asked).toHaveLength(2)
  following.close()
  await pass(120_000)
  expect(asked).toHaveLength(2)
})

test('batch follows batch with a pause between two, until nothing is left', async () => {
  const { asked, state, pass } = open()
  let left = 3
  state.answer = async () => ({ rows: 500, more: (left -= 1) > 0 })
  await pass(10_000)
  expect(asked).toHaveLength(1)
  await pass(50)
  expect(asked).toHaveLength(2)
  await pass(5_000)
  expect(asked).toHaveLength(3)
})

test('a store that refuses is asked again a minute later', async () => {
  const { asked, state, pass } = open()
  state.answer = () => Promise.reject(new Error('locked'))
  await pass(10_000)
  state.answer = async () => ({ rows: 0, more: false })
  await pass(60_000)
  expect(asked).toHaveLength(2)
})

test('a clock that jumps while much is being removed ends that', async () => {
  const { clock, asked, state, pass } = open()
  state.answer = async () => ({ rows: 200, more: true })
  await pass(11_000)
  const before = asked.length
  const { nowMs } = clock
  clock.nowMs = () => nowMs() + 400 * DAY_MS
  await pass(30 * 60_000)
  expect(asked).toHaveLength(before)
})

test('a clock that jumps removes nothing until it has stood by it for an hour', async () => {
  const { clock, asked, pass } = open()
  await pass(10_000)
  expect(asked).toHaveLength(1)
  const { nowMs } = clock
  clock.nowMs = () => nowMs() + 400 * DAY_MS
  await pass(30 * 60_000)
  expect(asked).toHaveLength(1)
  clock.nowMs = nowMs
  await pass(59 * 60_000)
  expect(asked).toHaveLength(1)
  await pass(3 * 60_000)
  expect(asked.length).toBeGreaterThan(1)
  expect(asked.every(({ keysBeforeMs }) => keysBeforeMs < nowMs())).toBe(true)
})
