import { expect, test } from 'bun:test'
import { NO_USAGE } from '../../exchange/usage.ts'
import type { AttemptResult } from '../../exchange/attempt-result.ts'
import { LIMITS } from '../../kit/limits.ts'
import { checkMessage, readSchema } from '../../../test/wire/otlp/check-otlp.ts'
import { endedRequest } from '../ended-request.fixture.ts'
import { GenAiMetrics } from './genai-metrics.ts'

const TIME = { startMs: 0, nowMs: 60_000 }

function attempt(changes: Partial<AttemptResult> = {}): AttemptResult {
  return {
    id: 'att_1',
    target: 'one/a/b',
    credential: 'one/default',
    outcome: 'ok',
    startedMs: 0,
    durationMs: 40,
    firstEventMs: 11,
    basis: 'reported',
    usage: { ...NO_USAGE, inputTokens: 10, cacheReadTokens: 6, outputTokens: 4, reasoningTokens: 1 },
    simulated: false,
    ...changes,
  }
}

function told(version: '1.41' | 'latest', ...attempts: AttemptResult[]): string {
  const metrics = new GenAiMetrics(version)
  metrics.count(endedRequest({ attempts }))
  const written = metrics.write(TIME)
  const message = { resourceMetrics: [{ scopeMetrics: [{ metrics: written }] }] }
  expect(
    checkMessage(readSchema(), 'ExportMetricsServiceRequest', JSON.parse(JSON.stringify(message))),
  ).toEqual([])
  return JSON.stringify(written)
}

test('each version has its names: a distribution of tokens by type, or sums', () => {
  const old = told('1.41', attempt())
  for (const name of ['operation.duration', 'operation.time_to_first_chunk', 'token.usage'])
    expect(old).toContain(`"gen_ai.client.${name}"`)
  expect(old).toContain('{"key":"gen_ai.token.type","value":{"stringValue":"output"}}')
  expect(old).not.toContain('inference')
  const latest = told('latest', attempt(), attempt())
  expect(latest).toContain('"gen_ai.client.inference.duration"')
  for (const [name, tokens] of [
    ['input_tokens', 32],
    ['output_tokens', 10],
    ['cache_read.input_tokens', 12],
    ['reasoning.output_tokens', 2],
  ] as const)
    expect(latest).toMatch(
      new RegExp(`"gen_ai\\.client\\.inference\\.usage\\.${name}".{0,600}"asInt":"${tokens}"`),
    )
  expect(latest).not.toContain('token.usage')
})

test('buckets are those of the conventions: 40 ms are above 0.02 and at most 0.04 s', () => {
  const written = told('1.41', attempt())
  expect(written).toContain('"bucketCounts":["0","0","1","0"')
  expect(written).toContain('"explicitBounds":[0.01,0.02,0.04,')
  expect(written).toContain('"explicitBounds":[1,4,16,64,')
  expect(written).toContain('81.92]')
  expect(written).toContain('67108864]')
})

test('why an attempt failed stands on its duration', () => {
  const failed = told('1.41', attempt({ outcome: 'provider-error' }))
  expect(failed).toContain('{"key":"error.type","value":{"stringValue":"provider-error"}}')
})

test('models beyond the bound are counted together', () => {
  const metrics = new GenAiMetrics('1.41')
  const many = Array.from({ length: LIMITS.metricModels + 5 }, (_none, index) =>
    attempt({ target: `one/m${index}` }),
  )
  metrics.count(endedRequest({ attempts: many }))
  const text = JSON.stringify(metrics.write(TIME))
  expect(text).toContain('"__other__"')
  expect(text).not.toContain(`"m${LIMITS.metricModels}"`)
})
