import { parseDuration } from './duration.ts'

/** Waits beyond a year are nonsense or a date misread; they are cut to this. */
const LONGEST_MS = 365 * 86_400_000
/** IMF-fixdate and the two older forms (RFC 9110, 5.6.7) begin with the name of a day. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /
const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/
const DECIMAL = /^\d{1,15}(?:\.\d{1,9})?$/
/** Numbers from here on cannot be waits in seconds: they are times since 1970, in seconds or (from 1e12) in milliseconds. */
const EPOCH_SECONDS_FROM = 1e9
const EPOCH_MS_FROM = 1e12

/**
 * How long a server asks to wait: `retry-after-ms` (milliseconds; OpenAI and Azure), else `retry-after` (whole seconds or an
 * HTTP date, RFC 9110, 10.2.3; fractions of seconds are taken too).
 *
 * @param nowMs wall time, against which a date is measured
 * @returns milliseconds ≥ 0; undefined when neither header is there and readable
 */
export function readRetryAfter(headers: Headers, nowMs: number): number | undefined {
  const exact = headers.get('retry-after-ms')?.trim()
  if (exact !== undefined && DECIMAL.test(exact)) return bounded(Number(exact))
  const text = headers.get('retry-after')?.trim()
  if (text === undefined) return undefined
  if (DECIMAL.test(text)) return bounded(Number(text) * 1_000)
  return HTTP_DATE.test(text) ? untilDate(toUtc(text), nowMs) : undefined
}

/** The headers in which a server tells about one of its limits, lower case. */
export interface LimitHeaderNames {
  readonly remaining: string
  readonly reset: string
}

/**
 * How long until limits that are used up are fresh again, for servers that refuse with 429 and do not say `retry-after`.
 *
 * @param nowMs wall time, against which a time is measured
 * @returns milliseconds ≥ 0, of the limit that takes longest; undefined when none is used up and readable
 */
export function readLimitReset(
  headers: Headers,
  limits: readonly LimitHeaderNames[],
  nowMs: number,
): number | undefined {
  let longestMs: number | undefined
  for (const { remaining, reset } of limits) {
    if (Number(headers.get(remaining) ?? 1) > 0) continue
    const waitMs = parseResetDelay(headers.get(reset) ?? '', nowMs)
    if (waitMs !== undefined && waitMs >= (longestMs ?? 0)) longestMs = waitMs
  }
  return longestMs
}

/**
 * Reads a rate-limit reset in any of the forms that providers use: a Go duration (`6m0s`, `12ms`, `2m59.56s`; OpenAI, Groq),
 * an RFC 3339 time (Anthropic), a time since 1970 in seconds or milliseconds (OpenRouter), or plain seconds.
 *
 * @param nowMs wall time, against which a time is measured
 * @returns milliseconds ≥ 0 from now; undefined when it cannot be read
 */
export function parseResetDelay(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim()
  if (DECIMAL.test(trimmed)) return bounded(numericDelay(Number(trimmed), nowMs))
  const durationMs = parseDuration(trimmed)
  if (durationMs !== undefined) return bounded(durationMs)
  if (HTTP_DATE.test(trimmed)) return untilDate(toUtc(trimmed), nowMs)
  return RFC_3339.test(trimmed) ? untilDate(trimmed, nowMs) : undefined
}

function numericDelay(value: number, nowMs: number): number {
  if (value >= EPOCH_MS_FROM) return value - nowMs
  if (value >= EPOCH_SECONDS_FROM) return value * 1_000 - nowMs
  return value * 1_000
}

/** HTTP dates are in UTC even in the form that does not say so, which the parser would take for local time. */
function toUtc(text: string): string {
  return text.endsWith('GMT') ? text : `${text} GMT`
}

function untilDate(text: string, nowMs: number): number | undefined {
  const timeMs = Date.parse(text)
  return Number.isNaN(timeMs) ? undefined : bounded(timeMs - nowMs)
}

function bounded(delayMs: number): number {
  return Math.min(Math.max(0, Math.ceil(delayMs)), LONGEST_MS)
}
