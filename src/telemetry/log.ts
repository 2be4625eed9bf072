import { LIMITS } from '../kit/limits.ts'
import { clipText, toPlainJson } from '../kit/plain-text.ts'
import type { Registry } from './registry.ts'
import type { Telemetry } from './telemetry.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

export interface TelemetryOptions {
  readonly registry: Registry
  /** Lines below this level are dropped. */
  readonly level: LogLevel
  readonly nowMs: () => number
  /** Takes one finished line without its line feed. */
  readonly write: (line: string) => void
}

/**
 * Creates the telemetry of a process: metrics in a registry, the log as JSON lines. A line that cannot be made or written is
 * counted and forgotten: whoever reports a trouble must not get another one from it.
 */
export function createTelemetry({ registry, level, nowMs, write }: TelemetryOptions): Telemetry {
  return {
    count: (name, labels, by) => registry.count(name, labels, by),
    observe: (name, value, labels) => registry.observe(name, value, labels),
    counter: (name, labels) => registry.counter(name, labels),
    histogram: (name, labels) => registry.histogram(name, labels),
    gauge: (name, read, labels) => registry.gauge(name, read, labels),
    log(lineLevel, message, fields) {
      if (RANK[lineLevel] < RANK[level]) return
      try {
        const time = new Date(nowMs()).toISOString()
        write(toPlainJson(JSON.stringify({ time, level: lineLevel, message, ...fields }, printable)))
      } catch {
        registry.count('gatehouse_log_failures_total')
      }
    },
  }
}

/** JSON cannot say bigints, and errors only show themselves when asked. */
function printable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Error) return { name: value.name, message: value.message }
  return typeof value === 'string' ? clipText(value, LIMITS.loggedCharacters) : value
}
