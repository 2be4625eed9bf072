import { expect, test } from 'bun:test'
import { LIMITS } from '../kit/limits.ts'
import { METRICS } from './metrics.ts'
import { askedFormat, writeMetrics } from './prometheus.ts'
import { createRegistry, metricNames } from './registry.ts'

test('a histogram counts a value in every bucket at or above it', () => {
  const registry = createRegistry()
  registry.observe('gatehouse_request_duration_seconds', 0.3, { route: 'a', outcome: 'ok' })
  const text = writeMetrics(registry.read())
  expect(text).toContain('_bucket{route="a",outcome="ok",le="0.25"} 0')
  expect(text).toContain('_bucket{route="a",outcome="ok",le="0.5"} 1')
  expect(text).toContain('_bucket{route="a",outcome="ok",le="+Inf"} 1')
  expect(text).toContain('_sum{route="a",outcome="ok"} 0.3')
})

test('what was found once counts in the same place, in whatever order its labels are told', () => {
  const registry = createRegistry()
  const hits = registry.counter('gatehouse_retries_total', { action: 'a', code: 'b' })
  const waits = registry.histogram('gatehouse_queue_wait_seconds')
  for (let time = 0; time < 3; time += 1) {
    hits.add(2)
    waits.observe(0.3)
  }
  registry.count('gatehouse_retries_total', { code: 'b', action: 'a' })
  registry.observe('gatehouse_queue_wait_seconds', 0.3)
  const text = writeMetrics(registry.read())
  expect(text).toContain('gatehouse_retries_total{action="a",code="b"} 7')
  expect(text).toContain('gatehouse_queue_wait_seconds_count 4')
})

test('label values cannot break out of their quotes', () => {
  const registry = createRegistry()
  registry.count('gatehouse_capped_attempts_total', { outcome: 'a"}\n\\' })
  expect(writeMetrics(registry.read())).toContain('total{outcome="a\\"}\\n\\\\"} 1')
})

test('series beyond the bound are counted together instead of growing memory, and that is told', () => {
  const registry = createRegistry()
  for (let index = 0; index < LIMITS.metricSeries + 100; index += 1)
    registry.count('gatehouse_tokens_total', { provider: 'p', model: `m${index}`, kind: 'input' })
  const lines = writeMetrics(registry.read()).split('\n')
  const series = lines.filter((line) => line.startsWith('gatehouse_tokens_total'))
  expect(series.length).toBe(LIMITS.metricSeries + 1)
  expect(series.at(-1)).toBe('gatehouse_tokens_total{provider="other",model="other",kind="other"} 100')
  expect(lines).toContain('gatehouse_metric_overflow_total{metric="gatehouse_tokens_total"} 100')
})

test('a gauge is read when somebody looks', () => {
  const registry = createRegistry()
  let open = 1
  registry.gauge('gatehouse_queued', () => open)
  open = 7
  expect(writeMetrics(registry.read())).toContain('gatehouse_queued 7')
})

test('traces stand as examples where they were told and OpenMetrics is asked for', () => {
  const registry = createRegistry()
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  registry.histogram('gatehouse_queue_wait_seconds').observe(0.3, traceId)
  expect(writeMetrics(registry.read())).not.toContain(traceId)
  const text = writeMetrics(
    registry.read(),
    askedFormat('application/openmetrics-text;version=1.0.0,*/*;q=0.1'),
  )
  expect(text).toContain(`_bucket{le="0.5"} 1 # {trace_id="${traceId}"} 0.3\n`)
  expect(text).toEndWith('# EOF\n')
})

test('OpenMetrics calls a family of counters by its name without the end', () => {
  const registry = createRegistry()
  registry.count('gatehouse_door_shut_total')
  expect(writeMetrics(registry.read(), 'openmetrics')).toContain('# TYPE gatehouse_door_shut counter\n')
})

test('names say what is counted: counters end in _total, buckets ascend, and there are buckets for histograms alone', () => {
  for (const name of metricNames()) {
    const {
      kind,
      help,
      labels,
      buckets = [],
    }: { buckets?: readonly number[] } & (typeof METRICS)[typeof name] = METRICS[name]
    expect([name, name.endsWith('_total')]).toEqual([name, kind === 'counter'])
    expect(help).toEndWith('.')
    expect(new Set<string>(labels).size).toBe(labels.length)
    expect([name, buckets.length > 0]).toEqual([name, kind === 'histogram'])
    expect([...buckets]).toEqual([...buckets].toSorted((one, other) => one - other))
  }
})
