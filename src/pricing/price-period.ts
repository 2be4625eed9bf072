import type { Price } from '../exchange/target.ts'

/** When a price holds. Times of day are milliseconds after midnight UTC; `fromMs > toMs` runs over midnight. */
export type PriceCondition =
  | { readonly type: 'always' }
  | { readonly type: 'since'; readonly atMs: number }
  | { readonly type: 'time-of-day'; readonly fromMs: number; readonly toMs: number }

/** A price and when it holds. */
export interface PricePeriod {
  readonly condition: PriceCondition
  readonly price: Price
}

const DAY_MS = 86_400_000

/** The price at a time: the last in the list whose condition is met, or the first when none is. */
export function pickPrice(periods: readonly PricePeriod[], atMs: number): Price | undefined {
  const period = periods.findLast(({ condition }) => isMet(condition, atMs)) ?? periods[0]
  return period?.price
}

function isMet(condition: PriceCondition, atMs: number): boolean {
  switch (condition.type) {
    case 'always':
      return true
    case 'since':
      return atMs >= condition.atMs
    case 'time-of-day': {
      const { fromMs, toMs } = condition
      const timeMs = ((atMs % DAY_MS) + DAY_MS) % DAY_MS
      return fromMs <= toMs ? timeMs >= fromMs && timeMs < toMs : timeMs >= fromMs || timeMs < toMs
    }
  }
}

const TIME_OF_DAY = /^(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:Z|([+-])(\d{2}):(\d{2}))$/

/** Reads `16:30:00Z` or `08:00:00+08:00` as milliseconds after midnight UTC. Gives undefined for anything else. */
export function parseTimeOfDay(text: string): number | undefined {
  const match = TIME_OF_DAY.exec(text)
  if (match === null) return undefined
  const [, hours, minutes, seconds, sign, offsetHours = '0', offsetMinutes = '0'] = match
  const local = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000
  return (local + (sign === '+' ? -offset : offset) + DAY_MS) % DAY_MS
}
