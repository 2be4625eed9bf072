import { Cron } from 'croner'

/** Times that come back: five fields in UTC, as of crontab, or a name such as `@weekly`. */
export interface Schedule {
  readonly text: string
  /** The first of the times that is later than `afterMs`, wall time. */
  next(afterMs: number): number
}

/** Somewhere in the past, in a year that is not a leap year: what has no time after it has none at all. */
const ANY_TIME = new Date(Date.UTC(2025, 0, 1))

/** Reads a schedule; undefined for a text that is none, and for one whose time never comes (31 February). */
export function parseSchedule(text: string): Schedule | undefined {
  const cron = readCron(text)
  if (cron?.nextRun(ANY_TIME) == null) return undefined
  return {
    text,
    next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() ?? Number.POSITIVE_INFINITY,
  }
}

/** What is wrong with the text of a schedule; undefined for a good one. */
export function scheduleProblem(text: string): 'no schedule' | 'never' | undefined {
  if (readCron(text) === undefined) return 'no schedule'
  return parseSchedule(text) === undefined ? 'never' : undefined
}

function readCron(text: string): Cron | undefined {
  try {
    return new Cron(text, { mode: '5-part', timezone: 'Etc/UTC', paused: true })
  } catch {
    return undefined
  }
}
