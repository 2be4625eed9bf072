import { expect, test } from 'bun:test'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { LIMITS } from '../kit/limits.ts'
import type { RequestRow } from '../store/store.ts'
import { createTelemetry } from '../telemetry/log.ts'
import { writeMetrics } from '../telemetry/prometheus.ts'
import { createRegistry } from '../telemetry/registry.ts'
import { createRequestLog } from './request-log.ts'

const row: RequestRow = {
  id: 'req_1',
  atMs: 0,
  dialect: 'openai-chat',
  operation: 'chat',
  stream: false,
  owners: {},
  requestedModel: 'smart',
  outcome: 'ok',
  status: 200,
  durationMs: 1,
  upstreamMs: 1,
  inputTokens: 1,
  outputTokens: 1,
  estimated: false,
  simulated: false,
  attempts: '',
  notices: '',
  planVersion: '1-abc',
}

/** A log in front of a store that answers when the test says so. */
function open() {
  const clock = createManualClock()
  const registry = createRegistry()
  const telemetry = createTelemetry({ registry, level: 'error', nowMs: clock.nowMs, write: () => undefined })
  const appended: number[] = []
  const answers: PromiseWithResolvers<void>[] = []
  const disk = { isTouched: false }
  const log = createRequestLog({
    clock,
    telemetry,
    isPaused: () => disk.isTouched,
    store: {
      append(rows) {
        appended.push(rows.length)
        const answer = Promise.withResolvers<void>()
        answers.push(answer)
        return answer.promise
      },
    },
  })
  return { log, clock, registry, disk, appended, answers }
}

/** Lets everything run that waits for no timer. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

test('lines that come while the store is at work are written together', async () => {
  const { log, appended, answers } = open()
  for (let index = 0; index < 4; index += 1) log.record(row)
  expect(appended).toEqual([1])
  answers[0]?.resolve()
  await settle()
  expect(appended).toEqual([1, 3])
})

test('lines that a stuck store has not taken count against the bound, and those beyond it are dropped', () => {
  const { log, registry } = open()
  for (let index = 0; index < LIMITS.logQueueRows + 3; index += 1) log.record(row)
  expect(writeMetrics(registry.read())).toContain('gatehouse_log_dropped_total{reason="queue"} 3')
  expect(writeMetrics(registry.read())).toContain(`gatehouse_log_queue_rows ${LIMITS.logQueueRows}`)
})

test('lines that the store refuses are written later, and the log says how long it has stood still and why', async () => {
  const { log, clock, appended, answers } = open()
  log.record(row)
  log.record(row)
  answers[0]?.reject(new Error('locked'))
  await settle()
  clock.advance(90)
  expect({ stalledMs: log.stalledMs, refusal: log.refusal }).toEqual({ stalledMs: 90, refusal: 'locked' })
  let done = false
  const flushed = log.flush().then(() => (done = true))
  clock.advance(10)
  answers[1]?.resolve()
  await settle()
  expect(done).toBe(true)
  await flushed
  expect(appended).toEqual([1, 2])
  expect({ stalledMs: log.stalledMs, refusal: log.refusal }).toEqual({ stalledMs: 0, refusal: undefined })
})

test('flushing a log whose store never answers ends', async () => {
  const { log, clock } = open()
  log.record(row)
  const flushed = log.flush()
  clock.advance(LIMITS.ledgerFlushMs)
  await flushed
  expect(log.summary().requests).toBe(1)
})

test('whoever shows the lines may fail; they are recorded all the same', async () => {
  const { log, appended, answers } = open()
  log.onRecord(() => {
    throw new Error('no such terminal')
  })
  log.record(row)
  answers[0]?.resolve()
  await settle()
  log.record(row)
  expect(appended).toEqual([1, 1])
})

test('names of absurd length are clipped for whoever listens', () => {
  const { log } = open()
  const shown: RequestRow[] = []
  log.onRecord((line) => void shown.push(line))
  log.record({ ...row, requestedModel: 'm'.repeat(60_000), target: `acme/${'m'.repeat(60_000)}` })
  log.record(row)
  expect(JSON.stringify(shown[0]).length).toBeLessThan(6_000)
  expect(shown[0]?.requestedModel).toStartWith('mmmm')
  expect(shown[1]).toEqual(row)
})

test('while the disk is kept for the ledger, lines are dropped, counted and summed up', () => {
  const { log, registry, disk, appended } = open()
  disk.isTouched = true
  log.record(row)
  expect(appended).toEqual([])
  expect(log.isPaused).toBe(true)
  expect(writeMetrics(registry.read())).toContain('gatehouse_log_dropped_total{reason="disk"} 1')
  expect(log.summary().requests).toBe(1)
  disk.isTouched = false
  log.record(row)
  expect(appended).toEqual([1])
})
