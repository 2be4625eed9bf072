import { useMemo, type ReactNode } from 'react'
import type { GetCost } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import type { ChartSeries, Intervals, Lane } from '../../parts/chart/model.ts'
import { makeAlert } from '../../parts/chart/make-alert.tsx'
import { TimeChart } from '../../parts/chart/time-chart.tsx'
import { sumOf, total, type Money } from '../../words/money.ts'
import { DIMENSIONS } from './cost-search.ts'

const NANO = 1e9
const STEP_MS = { '1h': 3_600_000, '1d': 86_400_000 } as const

/** Spend by day or hour, the dearest names apart. */
export function SpendOverTime({ cost }: { readonly cost: GetCost | undefined }): ReactNode {
  const { palette } = useServices()
  const chart = useMemo(() => cost && drawn(cost, palette.colourOf), [cost, palette])
  const step = cost?.step === '1h' ? 'hour' : 'day'
  return (
    <TimeChart
      title={`${cost?.money === 'simulated' ? 'Simulated spend' : 'Spend'} per ${step}`}
      chart={chart}
      acts={[makeAlert(cost?.money === 'simulated' ? 'simulated_cost' : 'cost')]}
    />
  )
}

function drawn(
  cost: GetCost,
  colourOf: (name: string) => string,
): { readonly intervals: Intervals; readonly lanes: readonly Lane[] } {
  const isInvented = cost.money === 'simulated'
  const lines = cost.lines.map(({ name, label, amounts }) => ({ name: nameOf(cost, label ?? name), amounts }))
  const all =
    cost.others.names === 0 ? lines : [...lines, { name: othersText(cost), amounts: cost.others.amounts }]
  const series = all.map(({ name, amounts }, place): ChartSeries => ({
    name,
    colour: place >= cost.lines.length ? 'var(--cat-other)' : colourOf(name),
    values: amounts.map(dollars),
    total: total(sumOf(amounts)),
    ...(isInvented ? { look: 'hatch' } : {}),
  }))
  return {
    intervals: {
      at: cost.at.map((begin) => Date.parse(begin)),
      stepMs: STEP_MS[cost.step],
      unfinished: cost.unfinished,
    },
    lanes: [{ kind: 'bars', unit: 'usd', series }],
  }
}

function othersText({ lines, others }: GetCost): string {
  return `other (${lines.length} of ${lines.length + others.names} shown)`
}

/** Nobody has no name. */
export function nameOf({ by }: Pick<GetCost, 'by'>, name: string): string {
  return name === '' ? `no ${DIMENSIONS[by === 'organisation' ? 'team' : by]}` : name
}

function dollars({ nano_usd: nano }: Money): number {
  return Number(nano) / NANO
}
