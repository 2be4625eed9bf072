import type { AlertUnit } from '../exchange/alert.ts'
import { formatDuration } from '../kit/duration.ts'
import { LIMITS } from '../kit/limits.ts'
import { showUsd } from '../kit/money.ts'
import { toPlainText } from '../kit/plain-text.ts'

/** A value as people write it: `7.1 %`, `2.4 s`, `$12.50`, `1,204`. */
export function showValue(value: number, unit: AlertUnit): string {
  switch (unit) {
    case 'share':
      return `${rounded(value * 100)} %`
    case 'ms':
      return value < 1_000 ? `${Math.round(value)} ms` : `${rounded(value / 1_000)} s`
    case 'usd':
      return showUsd(BigInt(Math.round(value)))
    case 'count':
    case 'tokens':
      return value.toLocaleString('en-US', { maximumFractionDigits: 2 })
  }
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100)
}

/** A length of time as people say it. */
export function showSpan(ms: number): string {
  return formatDuration(ms)
}

/** A name from elsewhere as it may stand in a sentence. */
export function shownName(name: string): string {
  return toPlainText(name, LIMITS.shownCharacters)
}

/** Some names, and how many more there are. */
export function listNames(names: readonly string[], count: number): string {
  const shown = names.slice(0, LIMITS.alertNames).map(shownName)
  const more = count - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}

/** A moment as it stands in a sentence: `2026-12-01 08:15 UTC`. */
export function showMoment(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
