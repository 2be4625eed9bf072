import { useId, useRef, useState, type ReactNode } from 'react'
import { saveFile } from '../../app/save-file.ts'
import { useShortcuts } from '../../app/use-shortcuts.ts'
import { useTimes } from '../../app/use-times.ts'
import { valueText } from '../../words/units.ts'
import { Menu, type MenuAct } from '../menu.tsx'
import { chartCsv, ChartData } from './chart-data.tsx'
import { Legend } from './legend.tsx'
import { heightAt, type ChartFlag, type Intervals, type Lane } from './model.ts'
import { Plots } from './plots.tsx'

export interface TimeChartProps {
  readonly title: string
  /** What is drawn; absent: it is on its way. */
  readonly chart: { readonly intervals: Intervals; readonly lanes: readonly Lane[] } | undefined
  readonly flags?: readonly ChartFlag[]
  /** What a reader is told instead of the shapes; absent: it is made of the first lane. */
  readonly summary?: string
  /** Further lines of its menu: make an alert, open as a filter. */
  readonly acts?: readonly MenuAct[]
  /** Where it stands in a grid. */
  readonly className?: string
  /** Below the chart: what is left out, since when sums are whole. */
  readonly foot?: ReactNode
}

/** A card with figures over time. Pages say what is drawn; how is settled here (docs/decisions/0063). */
export function TimeChart(props: TimeChartProps): ReactNode {
  const { title, chart, flags = [], acts = [], className = '', foot } = props
  const id = useId()
  const times = useTimes()
  const [isOpen, setIsOpen] = useState(false)
  const [isOver, setIsOver] = useState(false)
  const opener = useRef<(() => void) | null>(null)
  useShortcuts({ '.': isOver ? () => opener.current?.() : undefined })
  const all = chart === undefined ? [] : menuOf({ title, ...chart }, () => setIsOpen(true))
  return (
    <section
      className={`card chart-card ${className}`}
      aria-labelledby={id}
      onPointerEnter={() => setIsOver(true)}
      onPointerLeave={() => setIsOver(false)}
    >
      <header>
        <h2 id={id}>{title}</h2>
        {chart === undefined ? null : <Legend lanes={chart.lanes} />}
        {chart === undefined ? null : (
          <Menu label={`Menu of ${title}`} acts={[...all, ...acts]} opener={opener} />
        )}
      </header>
      <div className="body">
        {chart === undefined ? (
          <div className="chart-wait" aria-hidden="true">
            <span className="sk" />
          </div>
        ) : (
          <figure aria-label={props.summary ?? summaryOf(title, chart, (at) => times.short(at))}>
            <Plots {...chart} flags={flags} />
          </figure>
        )}
      </div>
      {foot === undefined ? null : <footer>{foot}</footer>}
      {isOpen && chart !== undefined ? (
        <ChartData title={title} {...chart} onClose={() => setIsOpen(false)} />
      ) : null}
    </section>
  )
}

interface Drawn {
  readonly intervals: Intervals
  readonly lanes: readonly Lane[]
}

function menuOf(
  { title, intervals, lanes }: Drawn & { readonly title: string },
  view: () => void,
): MenuAct[] {
  const file = `${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.csv`
  return [
    { name: 'View data', icon: 'table', act: view },
    { name: 'Download CSV', icon: 'download', act: () => saveFile(file, chartCsv(intervals, lanes)) },
  ]
}

/** What it shows in a sentence. */
function summaryOf(title: string, { intervals: { at }, lanes }: Drawn, when: (at: number) => string): string {
  const [lane] = lanes
  const [first, last] = [at[0], at.at(-1)]
  if (lane === undefined || first === undefined || last === undefined) return `${title}: nothing.`
  const heights = at.map((_begin, index) => heightAt(lane, index))
  const most = Math.max(...heights)
  const names = lane.series.map(({ name, total }) => [name, total].filter(Boolean).join(' ')).join(', ')
  const peak = when(at[heights.indexOf(most)] ?? first)
  return `${title}, ${when(first)} to ${when(last)}: ${names}. The most is ${valueText(most, lane.unit)}, at ${peak}.`
}
