import { total, type Money } from '../../words/money.ts'

/** How one amount compares with another: `21 % more than on`. */
export function changeText(now: Money, before: Money): string {
  const share = shareOf(now, before)
  if (share === undefined) return 'more than on'
  if (Math.abs(share) < 0.005) return 'as much as on'
  return `${Math.abs(100 * share).toFixed(0)} % ${share > 0 ? 'more' : 'less'} than on`
}

/** By what share it changed; undefined where there was nothing. */
export function shareOf(now: Money, before: Money): number | undefined {
  const was = Number(before.nano_usd)
  return was === 0 ? undefined : (Number(now.nano_usd) - was) / was
}

/** An amount with its sign, as changes are told. */
export function signed(money: Money): string {
  const shown = total(money)
  return BigInt(money.nano_usd) > 0n ? `+${shown}` : shown
}

/** What lies between two amounts. */
export function differenceOf(now: Money, before: Money): Money {
  return { usd: '', nano_usd: String(BigInt(now.nano_usd) - BigInt(before.nano_usd)) }
}
