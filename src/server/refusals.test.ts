import { expect, test } from 'bun:test'
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts'
import { Failure } from '../exchange/failure.ts'
import { LIMITS } from '../kit/limits.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createRecordingTelemetry } from '../policies/samples.fixture.ts'
import type { RequestRow } from '../store/store.ts'
import { createEndpoints } from './endpoints.ts'
import { createRefusals } from './refusals.ts'

function setUp() {
  const clock = createManualClock()
  const telemetry = createRecordingTelemetry()
  const rows: RequestRow[] = []
  const refusals = createRefusals({ clock, telemetry, record: (row) => void rows.push(row) })
  const match = createEndpoints([openaiChat]).find('/v1/chat/completions', 'POST')
  const refuse = (times: number, isAtEndpoint = true): void => {
    for (let time = 0; time < times; time += 1) {
      const failure = new Failure('missing-key')
      refusals.note({
        requestId: 'req_1',
        failure,
        status: 401,
        match: isAtEndpoint ? match : undefined,
        planVersion: '1',
      })
    }
  }
  return { clock, telemetry, rows, refuse }
}

test('the first refusals leave a line each, and then one in each second', () => {
  const { clock, rows, refuse } = setUp()
  refuse(1_000)
  expect(rows).toHaveLength(LIMITS.refusalRows)
  expect(rows[0]).toMatchObject({
    dialect: 'openai-chat',
    operation: 'chat',
    outcome: 'missing-key',
    status: 401,
  })
  clock.advance(3_000)
  refuse(1_000)
  expect(rows).toHaveLength(LIMITS.refusalRows + 3 * LIMITS.refusalRowsPerSecond)
})

test('how many were left out is said now and then', () => {
  const { clock, telemetry, refuse } = setUp()
  refuse(LIMITS.refusalRows)
  expect(telemetry.lines).toEqual([])
  refuse(1_000)
  expect(telemetry.lines).toHaveLength(1)
  clock.advance(10_000)
  refuse(1)
  expect(telemetry.lines).toHaveLength(2)
})

test('a request for no endpoint is counted and nothing else', () => {
  const { rows, refuse } = setUp()
  refuse(1, false)
  expect(rows).toEqual([])
})
