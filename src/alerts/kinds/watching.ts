import type { AlertWatch } from '../../exchange/alert.ts'
import type { Look } from '../finding.ts'
import type { AlertSources } from '../sources.ts'

export type WatchOn = AlertWatch['on']

export type WatchOf<On extends WatchOn> = Extract<AlertWatch, { readonly on: On }>

/** How one kind of watch looks at things. */
export interface Watching<On extends WatchOn> {
  /** How often there is something new to see, milliseconds; a whole number of minutes. */
  everyMs(watch: WatchOf<On>): number
  /** What it rings for, in a sentence without its end: `error_rate above 5 % over 10m`. */
  says(watch: WatchOf<On>): string
  /** Looks. Rejects where it cannot be known. */
  look(watch: WatchOf<On>, sources: AlertSources, nowMs: number): Promise<Look>
}

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS
