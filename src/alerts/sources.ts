import type { AlertUnit } from '../exchange/alert.ts'
import type { NamedSeries, SeriesPoint } from '../store/series.ts'

/** What rules look at. Everything comes from elsewhere; nothing here looks at more than it says. */
export interface AlertSources {
  readonly measures: MeasureSource
  readonly budgets: (of?: readonly string[]) => Promise<readonly WatchedBudget[]>
  /** Who is not asked at present because it failed. */
  readonly resting: () => readonly RestingTarget[]
  /** Keys that were not used for so long. */
  readonly unusedKeys: (unusedMs: number) => Promise<UnusedKeyNames>
  /** What is not kept or not delivered. */
  readonly troubles: () => readonly WatchedTrouble[]
  /** The last run of each drill. */
  readonly drills: () => Promise<readonly LastDrill[]>
  /** True where the last change of the configuration was refused. */
  readonly isConfigRefused: () => boolean
}

/** Figures over time, and how they are read. */
export interface MeasureSource {
  read(question: MeasureQuestion): Promise<MeasureAnswer>
  /** The value of a measure; money in nano-USD. Undefined where nothing is known. */
  valueOf(measure: string, point: SeriesPoint): number | undefined
  /** How many requests, or calls where the measure counts those, a value stands on. */
  countOf(measure: string, point: SeriesPoint): number
  unitOf(measure: string): AlertUnit
}

export interface MeasureQuestion {
  readonly measure: string
  readonly when?: string
  readonly by?: string
  /** A whole number of steps before the end. */
  readonly fromMs: number
  readonly toMs: number
  readonly stepMs: number
}

export interface MeasureAnswer {
  /** One of the empty name, where nothing is told apart. */
  readonly series: readonly NamedSeries[]
  /** How far back was looked, where there was more to look at than may be. */
  readonly lookedBackToMs?: number
}

export interface WatchedBudget {
  /** `project/support`. */
  readonly key: string
  /** `month budget of project support`. */
  readonly title: string
  readonly limitNanoUsd: number
  /** From 0 on: spent and held. */
  readonly share: number
  readonly endsAtMs: number
  /** What was charged since a moment, nano-USD. */
  spentSince(fromMs: number): Promise<number>
}

export interface RestingTarget {
  /** A target as `provider/model`, or a credential. */
  readonly name: string
  readonly provider: string
  readonly why: string
}

export interface UnusedKeyNames {
  /** The first few. */
  readonly names: readonly string[]
  readonly count: number
}

export interface WatchedTrouble {
  readonly part: string
  readonly text: string
}

export interface LastDrill {
  readonly drill: string
  readonly passed: boolean
  /** What did not hold, in words. */
  readonly broken: readonly string[]
}
