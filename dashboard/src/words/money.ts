/** Money as the admin API tells it. */
export interface Money {
  readonly usd: string
  readonly nano_usd: string
}

const NANO = 1_000_000_000n
/** Of a cent, what a list shows. */
const LIST_DECIMALS = 5
const GROUPS = new Intl.NumberFormat('en-US')

/** Rounds half up to so many decimals; exact, since money is no float. */
function rounded(nano: bigint, decimals: number): string {
  const step = 10n ** BigInt(9 - decimals)
  const magnitude = nano < 0n ? -nano : nano
  const units = (magnitude + step / 2n) / step
  const whole = units / 10n ** BigInt(decimals)
  const rest = String(units % 10n ** BigInt(decimals)).padStart(decimals, '0')
  return `${nano < 0n ? '−' : ''}$${GROUPS.format(whole)}${decimals === 0 ? '' : `.${rest}`}`
}

/** One amount in a list: five decimals, so that points stand in line; never a zero that is none. */
export function amount({ nano_usd: text }: Money): string {
  const nano = BigInt(text)
  if (nano === 0n) return '$0'
  const shown = rounded(nano, LIST_DECIMALS)
  return Number(shown.replaceAll(/[^\d.]/g, '')) === 0 ? '< $0.00001' : shown
}

/** A sum: cents, none from ten thousand dollars; small ones as in a list. */
export function total(money: Money): string {
  const nano = BigInt(money.nano_usd)
  if (nano >= 10_000n * NANO) return rounded(nano, 0)
  if (nano > -NANO / 100n && nano < NANO / 100n) return amount(money)
  return rounded(nano, 2)
}

/** All digits. */
export function exactAmount({ nano_usd: text }: Money): string {
  const nano = BigInt(text)
  if (nano === 0n) return '$0'
  return rounded(nano, 9).replace(/0{1,7}$/, '')
}

/** The sum of amounts. */
export function sumOf(amounts: readonly Money[]): Money {
  const nano = amounts.reduce((sum, { nano_usd: one }) => sum + BigInt(one), 0n)
  return { usd: '', nano_usd: String(nano) }
}

const PICO_DECIMALS = 12

/** An amount in billionths of a thousandth of a dollar (pico-USD), with as many digits as it has. */
export function picoAmount(text: string): string {
  const digits = text.padStart(PICO_DECIMALS + 1, '0')
  const [whole, rest] = [digits.slice(0, -PICO_DECIMALS), digits.slice(-PICO_DECIMALS)]
  return `$${GROUPS.format(BigInt(whole))}.${rest.replace(/0{1,10}$/, '')}`
}
