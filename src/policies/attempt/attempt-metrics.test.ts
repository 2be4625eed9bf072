import { expect, test } from 'bun:test'
import { sampleTarget } from '../../routing/samples.fixture.ts'
import { createRecordingTelemetry, sampleResult, sampleUsage } from '../samples.fixture.ts'
import { AttemptMetrics } from './attempt-metrics.ts'

const TARGET = sampleTarget('one/a')

test('attempts are counted by how they ended, with what they used and cost', () => {
  const { counts, observed, ...telemetry } = createRecordingTelemetry()
  const metrics = new AttemptMetrics(telemetry)
  const usage = sampleUsage({ inputTokens: 10, outputTokens: 5 })
  metrics.count(TARGET, sampleResult({ durationMs: 20, usage, costNanoUsd: 2_000_000_000n }), true)
  metrics.count(TARGET, sampleResult({ durationMs: 40, firstEventMs: 20, usage }), true)
  metrics.count(TARGET, { id: 'att_2', ...refused(), durationMs: 60 }, true)
  expect(Object.fromEntries(counts)).toEqual({
    'gatehouse_attempts_total{provider=one,model=a,outcome=ok}': 2,
    'gatehouse_attempts_total{provider=one,model=a,outcome=connect-failed}': 1,
    'gatehouse_tokens_total{provider=one,model=a,kind=input}': 20,
    'gatehouse_tokens_total{provider=one,model=a,kind=output}': 10,
    'gatehouse_cost_usd_total{provider=one,model=a}': 2,
    'gatehouse_unpriced_attempts_total{provider=one,model=a}': 1,
  })
  const at = '{provider=one,model=a}'
  expect(observed.get(`gatehouse_attempt_duration_seconds${at}`)).toEqual([0.02, 0.04, 0.06])
  expect(observed.get(`gatehouse_time_to_first_token_seconds${at}`)).toEqual([0.02])
  expect(observed.get(`gatehouse_output_tokens_per_second${at}`)).toEqual([250])
})

test('invented money is no cost', () => {
  const { counts, ...telemetry } = createRecordingTelemetry()
  const simulated = { ...TARGET, simulated: true }
  new AttemptMetrics(telemetry).count(simulated, sampleResult({ costNanoUsd: 5n, simulated: true }), false)
  expect([...counts.keys()].some((name) => name.includes('cost'))).toBe(false)
})

function refused() {
  const { usage: _usage, id: _id, ...result } = sampleResult({ outcome: 'connect-failed', basis: 'none' })
  return result
}
