import type { QuietHours } from '../exchange/alert.ts'

const MINUTE_MS = 60_000
const DAY_MINUTES = 24 * 60

/** When quiet hours that are now end; undefined outside of them. Where clocks are changed meanwhile it is an hour off. */
export function quietUntilMs(
  { fromMinute, toMinute, timezone }: QuietHours,
  nowMs: number,
): number | undefined {
  const minute = minuteOfDay(nowMs, timezone)
  const isOvernight = toMinute <= fromMinute
  const isQuiet = isOvernight
    ? minute >= fromMinute || minute < toMinute
    : minute >= fromMinute && minute < toMinute
  if (!isQuiet) return undefined
  const left = (toMinute - minute + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES
  return nowMs - (nowMs % MINUTE_MS) + left * MINUTE_MS
}

function minuteOfDay(nowMs: number, timezone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(nowMs)
  const read = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0)
  return read('hour') * 60 + read('minute')
}
