import { expect, test } from 'bun:test'
import { createTelemetry } from './log.ts'
import { writeMetrics } from './prometheus.ts'
import { createRegistry } from './registry.ts'

/** A log whose lines go where the test says. */
function open(write: (line: string) => void) {
  const registry = createRegistry()
  return { registry, telemetry: createTelemetry({ registry, level: 'info', nowMs: () => 0, write }) }
}

test('a line that cannot be written or made is counted, and whoever said it goes on', () => {
  const { registry, telemetry } = open(() => {
    throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
  })
  telemetry.log('error', 'trouble')
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  telemetry.log('error', 'trouble', circle)
  expect(writeMetrics(registry.read())).toContain('gatehouse_log_failures_total 2')
})

test('what strangers named commands no terminal, and is clipped', () => {
  const lines: string[] = []
  const { telemetry } = open((line) => void lines.push(line))
  telemetry.log('warn', 'asked', {
    model: `\u001B[2J\u009B1m${'m'.repeat(60_000)}`,
    error: new Error('\u009B'),
  })
  expect(lines[0]?.length).toBeLessThan(3_000)
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(lines[0]).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/)
})

test('a gauge that fails does not take the other metrics with it', () => {
  const { registry } = open(() => undefined)
  registry.gauge('gatehouse_keys', () => {
    throw new Error('closed')
  })
  registry.gauge('gatehouse_queued', () => 5)
  expect(writeMetrics(registry.read())).toContain('gatehouse_keys NaN')
  expect(writeMetrics(registry.read())).toContain('gatehouse_queued 5')
})
