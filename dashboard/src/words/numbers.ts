const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const TENTHS = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const HUNDREDTHS = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** A number and its unit, which is set apart. */
export interface Measured {
  readonly value: string
  readonly unit: string
}

/** `47,183`. */
export function count(number: number): string {
  return WHOLE.format(number)
}

/** `1 request`, `47,183 requests`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`
}

/** A length of time: `2.1 ms`, `212 ms`, `3.80 s`, `4 min`. */
export function duration(ms: number): Measured {
  if (ms < 10) return { value: TENTHS.format(ms), unit: 'ms' }
  if (ms < 1_000) return { value: WHOLE.format(ms), unit: 'ms' }
  if (ms < 120_000) return { value: HUNDREDTHS.format(ms / 1_000), unit: 's' }
  return { value: WHOLE.format(ms / 60_000), unit: 'min' }
}

/** The same in one text. */
export function durationText(ms: number): string {
  const { value, unit } = duration(ms)
  return `${value} ${unit}`
}

/** A length of time in its largest unit: `42 s`, `3 min`, `5 h`, `2 d`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`
}
