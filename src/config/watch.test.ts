import { describe, expect, test } from 'bun:test'
import type { Plan } from '../gateway/plan.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createTelemetry } from '../telemetry/log.ts'
import { writeMetrics } from '../telemetry/prometheus.ts'
import { createRegistry } from '../telemetry/registry.ts'
import { compileText } from './compile.fixture.ts'
import { watchConfig } from './watch.ts'

function setUp(first: string) {
  const clock = createManualClock()
  const registry = createRegistry()
  const lines: string[] = []
  const plans: Plan[] = []
  const file: { text: string | undefined } = { text: first }
  let touch = (): void => undefined
  let watching = true
  const telemetry = createTelemetry({
    registry,
    level: 'info',
    nowMs: () => clock.nowMs(),
    write: (line) => lines.push(line),
  })
  const watch = watchConfig(first, {
    file: 'gatehouse.yaml',
    readFile: () => file.text,
    compile: compileText,
    apply: (_text, { plan }) => void (plan !== undefined && plans.push(plan)),
    watchFile(onChange) {
      touch = onChange
      return () => (watching = false)
    },
    clock,
    telemetry,
  })
  const save = (text: string | undefined): void => {
    file.text = text
    touch()
    clock.advance(1_000)
  }
  return {
    watch,
    save,
    touch: () => touch(),
    file,
    clock,
    registry,
    lines,
    plans,
    isWatching: () => watching,
  }
}

describe('a changed configuration', () => {
  test('comes into force', () => {
    const { save, plans, lines } = setUp('')
    save('routes: { fresh: [sim/smart] }')
    expect(plans.map((plan) => plan.resolveRoute('fresh')?.name)).toEqual(['fresh'])
    expect(lines[0]).toContain('a new configuration is in force')
  })

  test('with mistakes changes nothing, and the log and the gauge say so until it is right again', () => {
    const { save, plans, lines, registry, watch } = setUp('')
    save('routes: { fresh: [nobody/x] }')
    expect(plans).toEqual([])
    expect(watch.healthy).toBe(false)
    expect(lines[0]).toContain('there is no provider nobody')
    expect(writeMetrics(registry.read())).toContain('gatehouse_config_last_reload_success 0')
    save('')
    expect(watch.healthy).toBe(true)
    expect(plans).toEqual([])
    expect(writeMetrics(registry.read())).toContain('gatehouse_config_last_reload_success 1')
  })

  test('that is wrong in the same way is reported once', () => {
    const { save, lines } = setUp('')
    save('x: 1')
    save('x: 1')
    expect(lines).toHaveLength(1)
  })

  test('that cannot be read keeps the plan in force', () => {
    const { save, plans, lines } = setUp('')
    save(undefined)
    expect(plans).toEqual([])
    expect(lines[0]).toContain('gatehouse.yaml cannot be read')
  })

  test('that is empty changes nothing: it is the first half of a save, and no file has no budgets', () => {
    const { save, plans, lines, watch } = setUp('routes: { first: [sim/smart] }')
    save('')
    save(' \n')
    expect(plans).toEqual([])
    expect(watch.healthy).toBe(false)
    expect(lines[0]).toContain('gatehouse.yaml is empty')
    save('routes: { second: [sim/smart] }')
    expect(plans).toHaveLength(1)
    expect(watch.healthy).toBe(true)
  })

  test('written in several steps is read once, when it has settled', () => {
    const { file, touch, clock, plans } = setUp('')
    file.text = 'routes: { half'
    touch()
    clock.advance(100)
    file.text = 'routes: { whole: [sim/smart] }'
    touch()
    clock.advance(100)
    expect(plans).toEqual([])
    clock.advance(100)
    expect(plans).toHaveLength(1)
  })

  test('is looked at on demand, and not any more after closing', () => {
    const { file, watch, isWatching, touch, clock, plans } = setUp('')
    file.text = 'version: 1'
    expect(watch.reload()).toBe('applied')
    expect(watch.reload()).toBe('unchanged')
    file.text = 'routes: { late: [sim/smart] }'
    touch()
    watch.close()
    clock.advance(1_000)
    expect(isWatching()).toBe(false)
    expect(plans).toHaveLength(1)
  })
})
