const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const DAYS_OF_WEEK = 7
/** 1 January 1970 was a Thursday, the fourth day of its week. */
const FIRST_WEEKDAY = 4

/** What conditions can ask of a moment (Unix milliseconds), in UTC. */
export const factsAtTime = {
  /** From 0 to 23. */
  hour: (unixMs: number): number => Math.floor((unixMs % DAY_MS) / HOUR_MS),
  /** From 1 (Monday) to 7 (Sunday). */
  weekday: (unixMs: number): number => ((Math.floor(unixMs / DAY_MS) + FIRST_WEEKDAY - 1) % DAYS_OF_WEEK) + 1,
  /** Seconds since 1970. */
  unix: (unixMs: number): number => Math.floor(unixMs / 1_000),
}
