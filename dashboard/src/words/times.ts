const CLOCK = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: 'UTC' })
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const YEAR = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })

/** `14:51:52`, and the day before it where that is not today; UTC. */
export function moment(at: string, now: number): string {
  const time = new Date(at)
  const clock = CLOCK.format(time)
  return YEAR.format(time) === YEAR.format(now) ? clock : `${DAY.format(time)}, ${clock}`
}

/** `20 Nov 2026, 14:31:07.204 UTC`. */
export function exactMoment(at: string): string {
  const time = new Date(at)
  const fraction = String(time.getUTCMilliseconds()).padStart(3, '0')
  return `${YEAR.format(time)}, ${CLOCK.format(time)}.${fraction} UTC`
}

/** `20 Nov` of `2026-11-20`. */
export function dayOf(date: string): string {
  return DAY.format(new Date(date))
}

/** `20 Nov 2026`. */
export function dateOf(at: string): string {
  return YEAR.format(new Date(at))
}
