import { expect, test } from 'bun:test'
import { createRegistry } from './prometheus.ts'

test('a histogram counts a value in every bucket at or above it', () => {
  const registry = createRegistry()
  registry.observe('wait_seconds', 0.3, { route: 'a' })
  const text = registry.render()
  expect(text).toContain('wait_seconds_bucket{route="a",le="0.25"} 0')
  expect(text).toContain('wait_seconds_bucket{route="a",le="0.5"} 1')
  expect(text).toContain('wait_seconds_bucket{route="a",le="+Inf"} 1')
  expect(text).toContain('wait_seconds_sum{route="a"} 0.3')
})

test('what was found once counts in the same place', () => {
  const registry = createRegistry()
  const hits = registry.counter('hits_total', { path: 'a' })
  const waits = registry.histogram('wait_seconds')
  for (let time = 0; time < 3; time += 1) {
    hits.add(2)
    waits.observe(0.3)
  }
  registry.count('hits_total', { path: 'a' })
  registry.observe('wait_seconds', 0.3)
  const text = registry.render()
  expect(text).toContain('hits_total{path="a"} 7')
  expect(text).toContain('wait_seconds_count 4')
})

test('label values cannot break out of their quotes', () => {
  const registry = createRegistry()
  registry.count('hits_total', { path: 'a"}\n\\' })
  expect(registry.render()).toContain('hits_total{path="a\\"}\\n\\\\"} 1')
})

test('series beyond the bound are counted together instead of growing memory', () => {
  const registry = createRegistry()
  for (let index = 0; index < 600; index += 1) registry.count('hits_total', { model: `m${index}` })
  const lines = registry
    .render()
    .split('\n')
    .filter((line) => line.startsWith('hits_total'))
  expect(lines.length).toBe(501)
  expect(lines.at(-1)).toBe('hits_total{series="__other__"} 100')
})

test('a gauge is read when somebody looks', () => {
  const registry = createRegistry()
  let open = 1
  registry.gauge('streams', () => open)
  open = 7
  expect(registry.render()).toContain('streams 7')
})
