import { useMemo, type ReactNode } from 'react'
import type { GetSeries } from '../../api/answers.ts'
import { intervalsOf, numbersOf } from '../../parts/chart/from-series.ts'
import type { ChartSeries, Lane } from '../../parts/chart/model.ts'
import { TimeChart } from '../../parts/chart/time-chart.tsx'
import { count } from '../../words/numbers.ts'

/** What became of requests over the time. */
export function TrafficChart({ series }: { readonly series: GetSeries | undefined }): ReactNode {
  const chart = useMemo(
    () => (series === undefined ? undefined : { intervals: intervalsOf(series), lanes: lanesOf(series) }),
    [series],
  )
  return <TimeChart title="Requests" chart={chart} />
}

function lanesOf({ series: [all] }: GetSeries): readonly Lane[] {
  const named = (name: string, measures: readonly string[], colour: string): ChartSeries => {
    const lists = measures.map((measure) => numbersOf(all?.values[measure]))
    const values = (lists[0] ?? []).map((_value, at) => lists.reduce((sum, list) => sum + (list[at] ?? 0), 0))
    return { name, values, colour, total: count(values.reduce((sum, value) => sum + value, 0)) }
  }
  const ok = named('answered', ['ok'], 'var(--chart-ok)')
  const failed = named('failed', ['client_errors', 'gateway_errors', 'provider_errors'], 'var(--bad-mark)')
  return [
    { kind: 'bars', unit: 'count', series: [ok] },
    { kind: 'bars', unit: 'count', series: [failed], isOwnScale: true },
  ]
}
