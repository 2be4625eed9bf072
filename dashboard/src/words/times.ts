/** In which zone times are shown. */
export type Zone = 'UTC' | 'local'

/** Words for moments, in one zone. */
export interface TimeWords {
  /** What stands behind a clock time: `UTC`, or the zone of this machine. */
  readonly zoneName: string
  /** `14:51:52`, and the day before it where that is not today. */
  readonly moment: (at: string, now: number) => string
  /** `20 Nov 2026, 14:31:07.204 UTC`. */
  readonly exact: (at: string) => string
  /** `20 Nov, 14:31`. */
  readonly short: (at: number) => string
  /** `14:31`. */
  readonly clock: (at: number) => string
  /** `20 Nov`. */
  readonly day: (at: number | string) => string
  /** `20 Nov 2026`. */
  readonly date: (at: number | string) => string
  /** As a field for a moment has it: `2026-11-20T14:31`. */
  readonly field: (at: number) => string
  /** What such a field says, in milliseconds since the epoch; undefined where it says nothing. */
  readonly readField: (text: string) => number | undefined
  /** Milliseconds since the day began at a moment, for ticks at whole hours. */
  readonly sinceMidnight: (at: number) => number
}

const MINUTE_MS = 60_000

/** The words of a zone. */
export function timeWords(zone: Zone): TimeWords {
  const timeZone = zone === 'UTC' ? 'UTC' : new Intl.DateTimeFormat().resolvedOptions().timeZone
  const at = (options: Intl.DateTimeFormatOptions): ((at: string | number) => string) => {
    const format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone })
    return (when) => format.format(new Date(when))
  }
  const seconds = at({ timeStyle: 'medium' })
  const clock = at({ timeStyle: 'short' })
  const day = at({ day: 'numeric', month: 'short' })
  const date = at({ dateStyle: 'medium' })
  const zoneName = zone === 'UTC' ? 'UTC' : timeZone
  const offsetMs = (when: number): number =>
    zone === 'UTC' ? 0 : -new Date(when).getTimezoneOffset() * MINUTE_MS
  return {
    zoneName,
    clock,
    day,
    date,
    moment: (when, now) => (date(when) === date(now) ? seconds(when) : `${day(when)}, ${seconds(when)}`),
    exact(when) {
      const fraction = String(new Date(when).getUTCMilliseconds()).padStart(3, '0')
      return `${date(when)}, ${seconds(when)}.${fraction} ${zoneName}`
    },
    short: (when) => `${day(when)}, ${clock(when)}`,
    field: (when) => new Date(when + offsetMs(when)).toISOString().slice(0, 16),
    readField(text) {
      const ms = Date.parse(zone === 'UTC' ? `${text}Z` : text)
      return Number.isFinite(ms) ? ms : undefined
    },
    sinceMidnight: (when) => (when + offsetMs(when)) % (1_440 * MINUTE_MS),
  }
}
