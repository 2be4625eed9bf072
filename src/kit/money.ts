/**
 * Money is integer nano-USD in `bigint` (1 USD = 10^9), prices are integer pico-USD per unit (1 USD = 10^12).
 * There is no floating point in between and one rounding, up, per attempt.
 */
export type NanoUsd = bigint
export type PicoUsd = bigint

const PICO_PER_NANO = 1_000n
/** Added before a division that rounds down, it makes it round up. */
const ROUNDING_UP = PICO_PER_NANO - 1n
const SMALL_PICO_PER_NANO = Number(PICO_PER_NANO)
const NANO_DIGITS = 9
const NANO_PER_USD = 10n ** BigInt(NANO_DIGITS)
/** Decimals of a written amount that are never left out. */
const SHOWN_DIGITS = 6

/** Converts a sum of pico-USD to nano-USD, rounding up: the gateway never undercounts a bill. */
export function toNanoUsd(pico: PicoUsd): NanoUsd {
  return (pico + ROUNDING_UP) / PICO_PER_NANO
}

/**
 * A sum of units at their prices, exact and rounded up once. What is small, as nearly every bill is, is added up in a number,
 * since each step of a bigint is an object of its own.
 */
export class PriceSum {
  #smallPico = 0
  #largePico = 0n

  /** @param units a whole number ≥ 0 */
  add(units: number, price: PicoUsd): void {
    const pico = units * Number(price)
    // Up to here products and sums of whole numbers are exact.
    if (pico <= Number.MAX_SAFE_INTEGER - this.#smallPico) this.#smallPico += pico
    else this.#largePico += BigInt(units) * price
  }

  toNanoUsd(): NanoUsd {
    if (this.#largePico > 0n) return toNanoUsd(this.#largePico + BigInt(this.#smallPico))
    const rest = this.#smallPico % SMALL_PICO_PER_NANO
    return BigInt((this.#smallPico - rest) / SMALL_PICO_PER_NANO + (rest === 0 ? 0 : 1))
  }
}

/** Reads a decimal amount of USD ("12.5", 0.003) exactly; more than nine decimals are rounded up. Throws RangeError on anything else. */
export function parseUsd(amount: string | number): NanoUsd {
  return toNanoUsd(parseDecimal(amount, 12))
}

/** Reads a price in USD per million units as pico-USD per unit. Throws RangeError when it is not a finite decimal ≥ 0. */
export function parsePricePerMillion(amount: string | number): PicoUsd {
  return parseDecimal(amount, 6)
}

/** Renders nano-USD as a decimal string of USD without trailing zeros beyond six decimals: `0.000177`. Exact below 2^53 USD. */
export function formatUsd(nano: NanoUsd): string {
  const amount = nano < 0n ? -nano : nano
  // The digits of a number are made in a fraction of the time that those of a bigint take.
  const whole = Number(amount / NANO_PER_USD)
  let fraction = Number(amount % NANO_PER_USD)
  let digits = NANO_DIGITS
  while (digits > SHOWN_DIGITS && fraction % 10 === 0) {
    fraction /= 10
    digits -= 1
  }
  return `${nano < 0n ? '-' : ''}${whole}.${String(fraction).padStart(digits, '0')}`
}

/** Shows an amount with its sign before that of the currency: `$0.000177`, `-$0.0000081`. */
export function showUsd(nano: NanoUsd): string {
  return inDollars(formatUsd(nano))
}

/** Shows what `formatUsd` has written. */
export function inDollars(usd: string): string {
  return usd.startsWith('-') ? `-$${usd.slice(1)}` : `$${usd}`
}

const DECIMAL = /^(\d{1,15})(?:\.(\d{0,30}))?(?:[eE]([+-]?\d{1,2}))?$/

function parseDecimal(amount: string | number, decimals: number): bigint {
  const match = DECIMAL.exec(String(amount))
  if (match === null) throw new RangeError(`not a decimal amount: ${String(amount)}`)
  const [, whole = '', fraction = '', exponent = '0'] = match
  const shift = decimals + Number(exponent) - fraction.length
  const digits = BigInt(whole + fraction)
  if (shift >= 0) return digits * 10n ** BigInt(shift)
  const divisor = 10n ** BigInt(-shift)
  return (digits + divisor - 1n) / divisor
}
