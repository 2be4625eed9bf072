import { useMemo, type ReactNode } from 'react'
import { useTimes } from '../../app/use-times.ts'
import { toCsv } from '../../words/csv.ts'
import { valueText } from '../../words/units.ts'
import { Dialog } from '../dialog.tsx'
import { Table, type Column } from '../table.tsx'
import type { Intervals, Lane } from './model.ts'

interface Interval {
  readonly index: number
  readonly at: number
}

export interface ChartDataProps {
  readonly title: string
  readonly intervals: Intervals
  readonly lanes: readonly Lane[]
  readonly onClose: () => void
}

/** What is drawn, as a table. */
export function ChartData({ title, intervals, lanes, onClose }: ChartDataProps): ReactNode {
  const times = useTimes()
  const rows = intervals.at.map((at, index): Interval => ({ index, at }))
  const columns = useMemo(
    (): readonly Column<Interval>[] => [
      {
        head: `Begins, ${times.zoneName}`,
        cell: ({ at, index }) => `${times.short(at)}${index === intervals.unfinished ? ', not over' : ''}`,
      },
      ...lanes.flatMap(({ series, unit }) =>
        series.map(({ name, values }): Column<Interval> => ({
          head: name,
          num: true,
          cell: ({ index }) => {
            const value = values[index] ?? null
            return value === null ? <span className="soft">–</span> : valueText(value, unit)
          },
        })),
      ),
    ],
    [lanes, times, intervals.unfinished],
  )
  return (
    <Dialog
      title={title}
      isWide
      onClose={onClose}
      footer={
        <button type="button" className="btn" onClick={onClose}>
          Close
        </button>
      }
    >
      <Table label={title} columns={columns} rows={rows} keyOf={({ at }) => String(at)} />
    </Dialog>
  )
}

/** The same as a file: times in UTC, values as they are. */
export function chartCsv({ at }: Intervals, lanes: readonly Lane[]): string {
  const series = lanes.flatMap((lane) => lane.series.map((one) => ({ ...one, unit: lane.unit })))
  return toCsv(
    ['begins', ...series.map(({ name, unit }) => (unit === 'count' ? name : `${name} (${unit})`))],
    at.map((begin, index) => [
      new Date(begin).toISOString(),
      ...series.map(({ values }) => values[index] ?? undefined),
    ]),
  )
}
