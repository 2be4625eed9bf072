import { Link } from '@tanstack/react-router'
import { useMemo, type ReactNode } from 'react'
import type { GetOverview } from '../../api/answers.ts'
import { makeAlert } from '../../parts/chart/make-alert.tsx'
import { intervalsOf, numbersOf } from '../../parts/chart/from-series.ts'
import type { ChartFlag, ChartSeries, Lane } from '../../parts/chart/model.ts'
import { TimeChart } from '../../parts/chart/time-chart.tsx'
import { count } from '../../words/numbers.ts'

/** What became of requests over the time. */
export function TrafficChart({ overview }: { readonly overview: GetOverview | undefined }): ReactNode {
  const chart = useMemo(
    () => overview && { intervals: intervalsOf(overview), lanes: lanesOf(overview.traffic) },
    [overview],
  )
  return (
    <TimeChart
      title="Requests"
      className="c8"
      chart={chart}
      flags={flagsOf(overview)}
      acts={[
        makeAlert('error_rate'),
        {
          name: 'Show those that failed',
          icon: 'filter',
          link: (inside) => <Link to="/requests" search={{ q: 'status:error' }} {...inside} />,
        },
        {
          name: 'Show those that fell back',
          icon: 'filter',
          link: (inside) => <Link to="/requests" search={{ q: 'begun:fallback' }} {...inside} />,
        },
      ]}
    />
  )
}

const WORDS = {
  incident: 'failing',
  'new-outcome': 'new error',
  'new-target': 'new target',
  config: 'version',
  prices: 'prices, version',
} as const

/** What changed, as flags. */
function flagsOf(overview: GetOverview | undefined): readonly ChartFlag[] {
  return (overview?.changes ?? []).map(({ at, kind, name }) => ({
    at: Date.parse(at),
    text: textOf(kind, name),
  }))
}

function textOf(kind: keyof typeof WORDS, name: string): string {
  if (kind === 'incident') return `${name} ${WORDS[kind]}`
  return kind === 'config' || kind === 'prices' ? `${WORDS[kind]} ${name}` : WORDS[kind]
}

function lanesOf({ ok, failed, fallbacks }: GetOverview['traffic']): readonly Lane[] {
  const series = (name: string, told: Parameters<typeof numbersOf>[0], colour: string): ChartSeries => {
    const values = numbersOf(told)
    return {
      name,
      values,
      colour,
      total: count(values.reduce<number>((sum, value) => sum + (value ?? 0), 0)),
    }
  }
  return [
    { kind: 'bars', unit: 'count', series: [series('answered', ok, 'var(--chart-ok)')] },
    {
      kind: 'bars',
      unit: 'count',
      isOwnScale: true,
      series: [series('calls after a failure', fallbacks, 'var(--warn-mark)')],
    },
    { kind: 'bars', unit: 'count', isOwnScale: true, series: [series('failed', failed, 'var(--bad-mark)')] },
  ]
}
