import { useMemo, type ReactNode } from 'react'
import type { GetOverview } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { makeAlert } from '../../parts/chart/make-alert.tsx'
import { intervalsOf, namedSeries } from '../../parts/chart/from-series.ts'
import type { Lane } from '../../parts/chart/model.ts'
import { TimeChart } from '../../parts/chart/time-chart.tsx'
import { valueText } from '../../words/units.ts'

/** Who was paid over the time, each target in a colour of its own, since several may serve one model: real money, or that of the simulator where there is no other. */
export function SpendChart({ overview }: { readonly overview: GetOverview | undefined }): ReactNode {
  const { palette } = useServices()
  const chart = useMemo(
    () =>
      overview && {
        intervals: intervalsOf(overview),
        lanes: [laneOf(overview, (name) => palette.colourOf(`/${name}`))],
      },
    [overview, palette],
  )
  const isInvented = overview !== undefined && !hasRealMoney(overview)
  return (
    <TimeChart
      title={isInvented ? 'Simulated spend by target' : 'Spend by target'}
      className="c8"
      chart={chart}
      flags={[]}
      acts={[makeAlert(isInvented ? 'simulated_cost' : 'cost')]}
    />
  )
}

function hasRealMoney({ spend: { targets, rest } }: GetOverview): boolean {
  return [...targets, rest].some(({ cost }) =>
    cost.some((value) => typeof value === 'object' && value !== null && value.nano_usd !== '0'),
  )
}

function laneOf(overview: GetOverview, colourOf: (name: string) => string): Lane {
  const { targets, others, rest } = overview.spend
  const kind = hasRealMoney(overview) ? 'cost' : 'simulated'
  const told = targets.map((one) => ({ name: one.name, values: { [kind]: one[kind] } }))
  const all = others === 0 ? told : [...told, { name: 'others', values: { [kind]: rest[kind] } }]
  const series = namedSeries(
    { series: all, others: Math.max(0, others - 1) },
    {
      measure: kind,
      colourOf,
      most: targets.length,
      totalOf: (values) =>
        valueText(
          values.reduce<number>((sum, value) => sum + (value ?? 0), 0),
          'usd',
        ),
    },
  )
  if (kind === 'cost') return { kind: 'bars', unit: 'usd', series }
  return { kind: 'bars', unit: 'usd', series: series.map((one) => ({ ...one, look: 'hatch' })) }
}
