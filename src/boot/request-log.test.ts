import { expect, test } from 'bun:test'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { LIMITS } from '../kit/limits.ts'
import type { RequestRow } from '../store/store.ts'
import { createTelemetry } from '../telemetry/log.ts'
import { createRegistry } from '../telemetry/prometheus.ts'
import { createRequestLog } from './request-log.ts'

const row: RequestRow = {
  id: 'req_1',
  atMs: 0,
  dialect: 'openai-chat',
  operation: 'chat',
  stream: false,
  requestedModel: 'smart',
  outcome: 'ok',
  status: 200,
  durationMs: 1,
  upstreamMs: 1,
  inputTokens: 1,
  outputTokens: 1,
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
  const log = createRequestLog({
    clock,
    telemetry,
    store: {
      append(rows) {
        appended.push(rows.length)
        const answer = Promise.withResolvers<void>()
        answers.push(answer)
        return answer.promise
      },
    },
  })
  return { log, clock, registry, appended, answers }
}

test('lines that come close together are written together', () => {
  const { log, clock, appended } = open()
  log.record(row)
  log.record(row)
  expect(appended).toEqual([])
  clock.advance(1_000)
  expect(appended).toEqual([2])
})

test('lines that a stuck store has not taken count against the bound, and those beyond it are dropped', async () => {
  const { log, registry, appended, answers } = open()
  for (let index = 0; index < LIMITS.logQueueRows + 3; index += 1) log.record(row)
  expect(appended.reduce((sum, rows) => sum + rows, 0)).toBe(LIMITS.logQueueRows)
  expect(registry.render()).toContain('gatehouse_log_dropped_total 3')
  const flushed = log.flush()
  for (const answer of answers) answer.resolve()
  await flushed
  log.record(row)
  const last = log.flush()
  answers.at(-1)?.resolve()
  await last
  expect(appended.at(-1)).toBe(1)
})

test('flushing waits for every line recorded before, also for those whose writing fails', async () => {
  const { log, answers } = open()
  log.record(row)
  void log.flush()
  log.record(row)
  let done = false
  const flushed = log.flush().then(() => (done = true))
  answers[1]?.resolve()
  await Promise.resolve()
  expect(done).toBe(false)
  answers[0]?.reject(new Error('full'))
  await flushed
  expect(log.summary().requests).toBe(2)
})
