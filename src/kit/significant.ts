const DIGITS = 3

/** A number with three significant digits, as close to it as such a number can be. Finite numbers ≥ 0 only. */
export function toSignificant(value: number): number {
  if (value === 0) return 0
  const further = DIGITS - 1 - Math.floor(Math.log10(value))
  // Only whole powers are exact, so that what comes out is the number that its digits are read as.
  const power = 10 ** Math.abs(further)
  return further >= 0 ? Math.round(value * power) / power : Math.round(value / power) * power
}
