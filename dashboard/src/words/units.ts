import { total } from './money.ts'
import { count, durationText } from './numbers.ts'

/** What a value of a measure is, as the admin API says it. */
export type Unit = 'count' | 'tokens' | 'usd' | 'ms' | 'share'

const NANO = 1e9
const ONE_DECIMAL = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })

/** A value with its unit: `1,204`, `$0.43`, `1.24 s`, `1.60 %`. Money is in US dollars, times in milliseconds, shares from 0 to 1. */
export function valueText(value: number, unit: Unit): string {
  if (unit === 'usd') return total({ usd: '', nano_usd: String(Math.round(value * NANO)) })
  if (unit === 'ms') return durationText(value)
  return unit === 'share' ? `${(100 * value).toFixed(2)} %` : count(value)
}

/** The same for a tick beside a chart, as short as can be. */
export function tickText(value: number, unit: Unit): string {
  if (value === 0) return unit === 'usd' ? '$0' : '0'
  if (unit === 'share') return `${ONE_DECIMAL.format(100 * value)} %`
  if (unit === 'ms') return value < 1_000 ? `${ONE_DECIMAL.format(value)} ms` : secondsText(value)
  if (unit === 'usd' && value < 1) return `$${Number(value.toPrecision(2))}`
  return `${unit === 'usd' ? '$' : ''}${shortCount(value)}`
}

function secondsText(ms: number): string {
  return ms < 120_000 ? `${ONE_DECIMAL.format(ms / 1_000)} s` : `${ONE_DECIMAL.format(ms / 60_000)} min`
}

function shortCount(value: number): string {
  if (value >= 1e9) return `${ONE_DECIMAL.format(value / 1e9)} bn`
  if (value >= 1e6) return `${ONE_DECIMAL.format(value / 1e6)} M`
  return value >= 10_000 ? `${ONE_DECIMAL.format(value / 1e3)} k` : ONE_DECIMAL.format(value)
}
