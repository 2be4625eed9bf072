import type { NanoUsd } from '../kit/money.ts'
import type { NamedSeries, SeriesPoint } from '../store/series.ts'
import { mergePoints } from './merge-points.ts'
import { measureFacts } from './series-measures.ts'

/** What the cache of answers did in a time. */
export interface CacheFigures {
  /** Requests that were given an answer again: one that is kept, one that is too old, that of a call under way, that to a similar question. */
  readonly hits: number
  readonly stale: number
  readonly coalesced: number
  readonly similar: number
  readonly misses: number
  /** Those that were not looked for. */
  readonly bypassed: number
  /** The first four among all but the last; absent: nothing was looked for. */
  readonly hitRate?: number
  /** What the answers had cost that were given again. */
  readonly savedNanoUsd: NanoUsd
}

/** The figures of several series as one. */
export function cacheFigures(series: readonly NamedSeries[]): CacheFigures {
  const point = mergePoints(series.flatMap(({ points }) => [...points.values()]))
  return point === undefined ? NOTHING : figuresIn(point)
}

const NOTHING: CacheFigures = {
  hits: 0,
  stale: 0,
  coalesced: 0,
  similar: 0,
  misses: 0,
  bypassed: 0,
  savedNanoUsd: 0n,
}

function figuresIn(point: SeriesPoint): CacheFigures {
  const { sums } = point
  const hitRate = measureFacts('cache_hit_rate').read(point)
  return {
    hits: sums.cacheHits,
    stale: sums.cacheStale,
    coalesced: sums.cacheCoalesced,
    similar: sums.cacheSimilar,
    misses: sums.cacheMisses,
    bypassed: sums.cacheBypassed,
    ...(typeof hitRate === 'number' && { hitRate }),
    savedNanoUsd: BigInt(Math.round(sums.cacheSavedNano)),
  }
}

/** Was the cache asked for anything? */
export function wasAsked({ hits, stale, coalesced, similar, misses, bypassed }: CacheFigures): boolean {
  return hits + stale + coalesced + similar + misses + bypassed > 0
}
