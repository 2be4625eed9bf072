import { useMemo, type ReactNode } from 'react'
import type { GetSeries } from '../../api/answers.ts'
import { intervalsOf, numbersOf } from '../../parts/chart/from-series.ts'
import { makeAlert } from '../../parts/chart/make-alert.tsx'
import type { ChartSeries, Intervals, Lane } from '../../parts/chart/model.ts'
import { TimeChart } from '../../parts/chart/time-chart.tsx'
import { count } from '../../words/numbers.ts'
import { OUTCOMES, useCacheSeries } from './use-cache.ts'

/** Requests at the cache by what came of them. */
export function CacheOverTime(): ReactNode {
  const { data } = useCacheSeries()
  const chart = useMemo(() => data && drawn(data), [data])
  return (
    <TimeChart title="Requests by what came of them" chart={chart} acts={[makeAlert('cache_hit_rate')]} />
  )
}

function drawn(data: GetSeries): { readonly intervals: Intervals; readonly lanes: readonly Lane[] } {
  const values = data.series[0]?.values ?? {}
  const all = OUTCOMES.map(({ measure, name, colour }) => {
    const numbers = numbersOf(values[measure])
    const sum = numbers.reduce<number>((whole, one) => whole + (one ?? 0), 0)
    return { sum, series: { name, colour, values: numbers, total: count(sum) } satisfies ChartSeries }
  })
  const shown = all.filter(({ sum }, place) => sum > 0 || place === 0).map(({ series }) => series)
  return { intervals: intervalsOf(data), lanes: [{ kind: 'bars', unit: 'count', series: shown }] }
}
