const POWERS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1_000],
  ['m', 1_000_000],
  ['g', 1_000_000_000],
])
const QUANTITY = /^(\d{1,15}(?:\.\d{1,9})?|\.\d{1,9}) ?([a-z]{0,3})$/i

/** Reads a count as config writes it: `500`, `10k`, `2M`, `1.5m`. Undefined when it is anything else or not a whole number. */
export function parseCount(text: string): number | undefined {
  const match = QUANTITY.exec(text)
  const factor = POWERS.get(match?.[2]?.toLowerCase() ?? '-')
  if (match === null || factor === undefined) return undefined
  // 1.1 × 1000 is 1100.0000000000002 in floating point; a billionth is below what the pattern admits.
  const exact = Number(match[1]) * factor
  const value = Math.round(exact)
  return Math.abs(exact - value) < 1e-6 * Math.max(1, value * 1e-9) && Number.isSafeInteger(value)
    ? value
    : undefined
}
