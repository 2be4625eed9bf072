import { parseMoment } from '../kit/moment.ts'
import type { Period } from '../admin/period.ts'
import { UsageError, type FlagSpecs, type ParsedArguments } from './arguments.ts'

/** The flags of whatever is told of a time. */
export const PERIOD_FLAGS: FlagSpecs = {
  since: { kind: 'text', value: 'WHEN', help: 'Begin: 24h, 7d, 2026-11-01; default: 30d.' },
  until: { kind: 'text', value: 'WHEN', help: 'End, exclusive; default: now.' },
}

/**
 * The time that the flags of a call name.
 *
 * @throws UsageError for what is none
 */
export function readPeriod(given: ParsedArguments, nowMs: number): Period {
  const until = given.text('until')
  return {
    fromMs: readMoment(given.text('since') ?? '30d', nowMs),
    toMs: until === undefined ? nowMs + 1 : readMoment(until, nowMs),
  }
}

/** The moment that a text names. @throws UsageError for what is none */
export function readMoment(text: string, nowMs: number): number {
  const ms = parseMoment(text, nowMs)
  if (ms === undefined)
    throw new UsageError(`"${text}" is no time. Write 24h, 7d, 2026-11-01 or 2026-11-01T12:00:00Z.`)
  return ms
}
