import { useMemo, type ReactNode } from 'react'
import type { GetBudgets } from '../../api/answers.ts'
import { useTimes } from '../../app/use-times.ts'
import type { ChartSeries, Intervals, Lane } from '../../parts/chart/model.ts'
import { makeAlert } from '../../parts/chart/make-alert.tsx'
import { TimeChart } from '../../parts/chart/time-chart.tsx'
import { total, type Money } from '../../words/money.ts'
import { termOf } from '../requests/filters.ts'
import { outlookText, WINDOW_NAMES } from './states.tsx'
import type { Budget } from './use-budgets.ts'

type Detail = NonNullable<GetBudgets['focus']>

const NANO = 1e9

/** What is left of a budget: until now, at an even pace, and as it will go on, with its range. */
export function BurnDown({
  budget,
  detail,
  now,
}: {
  readonly budget: Budget
  readonly detail: Detail
  readonly now: number
}): ReactNode {
  const times = useTimes()
  const chart = useMemo(() => drawn(budget, detail, now), [budget, detail, now])
  const title = `${budget.name}, what is left of the ${WINDOW_NAMES[budget.per]}`
  return (
    <TimeChart
      title={title}
      className="c8"
      chart={chart}
      flags={[{ at: now, text: 'now' }]}
      acts={[makeAlert('cost', termOf(budget.scope, budget.owner))]}
      summary={`${title}: ${total(budget.remaining)} of ${total(budget.limit)}; ${outlookText(budget, times)}.`}
      foot={
        budget.forecast === undefined
          ? 'After three days, or hours of a daily budget, it is told here how it will go on.'
          : `The forecast knows weekdays, from ${budget.forecast.founded_on} intervals. Eight of ten windows stay within its range.`
      }
    />
  )
}

function drawn(
  budget: Budget,
  { left, ahead }: Detail,
  now: number,
): { readonly intervals: Intervals; readonly lanes: readonly Lane[] } {
  const known = left.filter(({ at }) => Date.parse(at) < now)
  const begins = [...known, ...ahead].map(({ at }) => Date.parse(at))
  const last = known.length - 1
  const line = (name: string, colour: string, valueAt: (place: number) => number | null): ChartSeries => ({
    name,
    colour,
    values: begins.map((_at, place) => valueAt(place)),
  })
  const coming = (pick: (point: Detail['ahead'][number]) => Money) => (place: number) => {
    if (place < last) return null
    const point = ahead[place - known.length]
    return place === last ? dollars(known[last]?.left) : dollars(point && pick(point))
  }
  const paced = evenPace(budget, begins)
  const lines: ChartSeries[] = [
    line('left', 'var(--accent)', (place) => (place <= last ? dollars(known[place]?.left) : null)),
    ...(paced === undefined ? [] : [line('even pace', 'var(--cat-other)', paced)]),
    ...(ahead.length === 0
      ? []
      : [
          {
            ...line(
              'forecast',
              'var(--accent)',
              coming((point) => point.left),
            ),
            look: 'dashed',
          } as const,
          {
            ...line(
              'at the least',
              'var(--warn-mark)',
              coming((point) => point.least),
            ),
            look: 'dashed',
          } as const,
          {
            ...line(
              'at the most',
              'var(--good-mark)',
              coming((point) => point.most),
            ),
            look: 'dashed',
          } as const,
        ]),
  ]
  const [first = now, second = first + 86_400_000] = begins
  return {
    intervals: { at: begins, stepMs: Math.max(1, second - first) },
    lanes: [{ kind: 'lines', unit: 'usd', series: lines }],
  }
}

/** From all at the begin of the window to nothing at its end. */
function evenPace(
  { starts_at: from, ends_at: to, limit }: Budget,
  begins: readonly number[],
): ((place: number) => number) | undefined {
  if (from === undefined || to === undefined) return undefined
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)]
  return (place) => {
    const share = ((begins[place] ?? fromMs) - fromMs) / (toMs - fromMs)
    return (Number(limit.nano_usd) / NANO) * Math.max(0, 1 - share)
  }
}

/** Less than nothing is drawn as nothing. */
function dollars(money: Money | undefined): number | null {
  return money === undefined ? null : Math.max(0, Number(money.nano_usd) / NANO)
}
