const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])
const PART = /(\d+(?:\.\d+)?|\.\d+)(ms|s|m|h|d)/y

/**
 * Reads a duration as config writes it: `30s`, `200ms`, `10m`, `2h`, `1d`, `1.5s`, or several in descending order (`1h30m`).
 *
 * @returns milliseconds, possibly with a fraction; undefined when the text is anything else, a bare number included
 */
export function parseDuration(text: string): number | undefined {
  if (text === '' || text.length > 40) return undefined
  let totalMs = 0
  let largestMs = Infinity
  PART.lastIndex = 0
  while (PART.lastIndex < text.length) {
    const match = PART.exec(text)
    const unitMs = UNITS_MS.get(match?.[2] ?? '')
    if (match === null || unitMs === undefined || unitMs >= largestMs) return undefined
    largestMs = unitMs
    totalMs += Number(match[1]) * unitMs
  }
  return totalMs
}

/** Writes a duration in its largest unit that leaves no rest, as config reads it: 300 000 → `5m`. */
export function formatDuration(ms: number): string {
  let written = `${ms}ms`
  for (const [unit, unitMs] of UNITS_MS) if (ms % unitMs === 0) written = `${ms / unitMs}${unit}`
  return written
}
