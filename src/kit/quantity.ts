const POWERS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1_000],
  ['m', 1_000_000],
  ['g', 1_000_000_000],
])
const BYTE_UNITS: ReadonlyMap<string, number> = new Map([
  ['b', 1],
  ['kb', 1_000],
  ['mb', 1_000_000],
  ['gb', 1_000_000_000],
  ['kib', 1_024],
  ['mib', 1_048_576],
  ['gib', 1_073_741_824],
])
const QUANTITY = /^(\d{1,15}(?:\.\d{1,9})?|\.\d{1,9}) ?([a-z]{0,3})$/i

/** Reads a count as config writes it: `500`, `10k`, `2M`, `1.5m`. Undefined when it is anything else or not a whole number. */
export function parseCount(text: string): number | undefined {
  return parseQuantity(text, POWERS)
}

/** Reads a size in bytes: `512B`, `64kB`, `10MB` (powers of 1000), `64KiB`, `32MiB` (powers of 1024), or a bare number. */
export function parseBytes(text: string): number | undefined {
  return parseQuantity(/^\d+$/.test(text) ? `${text}B` : text, BYTE_UNITS)
}

function parseQuantity(text: string, units: ReadonlyMap<string, number>): number | undefined {
  const match = QUANTITY.exec(text)
  const factor = units.get(match?.[2]?.toLowerCase() ?? '-')
  if (match === null || factor === undefined) return undefined
  // 1.1 × 1000 is 1100.0000000000002 in floating point; a billionth is below what the pattern admits.
  const exact = Number(match[1]) * factor
  const value = Math.round(exact)
  return Math.abs(exact - value) < 1e-6 * Math.max(1, value * 1e-9) && Number.isSafeInteger(value)
    ? value
    : undefined
}

/** Writes a count the short way that `parseCount` reads back exactly: 2000000 is `2M`, 1500 is `1500`. */
export function formatCount(count: number): string {
  if (count !== 0 && count % 1_000_000 === 0) return `${count / 1_000_000}M`
  if (count !== 0 && count % 1_000 === 0) return `${count / 1_000}k`
  return String(count)
}
