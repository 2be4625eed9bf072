import type { AlertUnit } from '../exchange/alert.ts'

/** What rules can speak of that config does not know itself. */
export interface AlertWords {
  /** The measures of series, and what their values are. */
  readonly measures: ReadonlyMap<string, AlertMeasure>
  /** Whether a query can be read, and how it is answered. */
  readonly judgeQuery: (question: JudgedQuery) => QueryVerdict
}

export interface AlertMeasure {
  readonly unit: AlertUnit
  /** True where calls are counted, not requests. */
  readonly ofAttempts: boolean
}

export interface JudgedQuery {
  readonly when: string
  readonly by?: string
  readonly ofAttempts: boolean
}

export type QueryVerdict =
  | { readonly problem: string; readonly hint?: string }
  /** Whether requests are looked at one by one, because no sums answer. */
  | { readonly problem?: undefined; readonly scans: boolean }
