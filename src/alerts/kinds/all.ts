import type { AlertWatch } from '../../exchange/alert.ts'
import type { Look } from '../finding.ts'
import type { AlertSources } from '../sources.ts'
import { budgetWatching, forecastWatching } from './budgets.ts'
import { measureWatching } from './measure.ts'
import { spikeWatching } from './spike.ts'
import {
  configWatching,
  drillWatching,
  restingWatching,
  staleKeysWatching,
  troubleWatching,
} from './states.ts'
import type { Watching, WatchOn } from './watching.ts'

const WATCHING: { readonly [On in WatchOn]: Watching<On> } = {
  measure: measureWatching,
  spike: spikeWatching,
  budget: budgetWatching,
  forecast: forecastWatching,
  'stale-keys': staleKeysWatching,
  resting: restingWatching,
  trouble: troubleWatching,
  drill: drillWatching,
  config: configWatching,
}

function watchingOf(on: WatchOn): Watching<WatchOn> {
  const watching: unknown = WATCHING[on]
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the compiler cannot pair a member with its own parameter
  return watching as Watching<WatchOn>
}

/** How often a rule is looked at. */
export function lookEveryMs(watch: AlertWatch): number {
  return watchingOf(watch.on).everyMs(watch)
}

/** What a rule rings for, in a sentence without its end. */
export function sayWatch(watch: AlertWatch): string {
  return watchingOf(watch.on).says(watch)
}

/** Looks at what a rule watches. Rejects where it cannot be known. */
export function look(watch: AlertWatch, sources: AlertSources, nowMs: number): Promise<Look> {
  return watchingOf(watch.on).look(watch, sources, nowMs)
}
