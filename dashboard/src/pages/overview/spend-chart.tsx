import { useMemo, type ReactNode } from 'react'
import type { GetSeries } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { intervalsOf, namedSeries } from '../../parts/chart/from-series.ts'
import type { Lane } from '../../parts/chart/model.ts'
import { TimeChart } from '../../parts/chart/time-chart.tsx'
import { valueText } from '../../words/units.ts'

const MOST = 5

/** Who was paid over the time: real money, or that of the simulator where there is no other. */
export function SpendChart({ series }: { readonly series: GetSeries | undefined }): ReactNode {
  const { palette } = useServices()
  const chart = useMemo(
    () => series && { intervals: intervalsOf(series), lanes: [laneOf(series, palette.colourOf)] },
    [series, palette],
  )
  const isInvented = series !== undefined && !hasRealMoney(series)
  return <TimeChart title={isInvented ? 'Simulated spend by target' : 'Spend by target'} chart={chart} />
}

function hasRealMoney({ series }: GetSeries): boolean {
  return series.some(({ values }) =>
    values['cost']?.some((value) => typeof value === 'object' && value?.nano_usd !== '0'),
  )
}

function laneOf(answer: GetSeries, colourOf: (name: string) => string): Lane {
  const isReal = hasRealMoney(answer)
  const series = namedSeries(answer, {
    measure: isReal ? 'cost' : 'simulated_cost',
    colourOf,
    most: MOST,
    totalOf: (values) =>
      valueText(
        values.reduce<number>((sum, value) => sum + (value ?? 0), 0),
        'usd',
      ),
  })
  return {
    kind: 'bars',
    unit: 'usd',
    series: isReal ? series : series.map((one) => ({ ...one, look: 'hatch' })),
  }
}
