import { readText, type Unread } from '../../words/reading.ts'

/** How far back a page looks, as the address says it. */
export const RANGES = {
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
} as const

export type Range = keyof typeof RANGES

export const USUAL_RANGE: Range = '24h'

export interface RangeSearch {
  readonly range?: Range
}

export function isRange(text: string | undefined): text is Range {
  return text !== undefined && Object.hasOwn(RANGES, text)
}

/** What an address says; the usual one is not said. */
export function readRange(search: Unread): RangeSearch {
  const range = readText(search, 'range')
  return isRange(range) && range !== USUAL_RANGE ? { range } : {}
}
