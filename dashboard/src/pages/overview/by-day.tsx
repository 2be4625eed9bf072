import type { ReactNode } from 'react'
import type { GetUsage } from '../../api/answers.ts'
import { BarChart, type Bar } from '../../parts/bar-chart.tsx'
import { count } from '../../words/numbers.ts'
import { dayOf } from '../../words/times.ts'

const DAY_MS = 86_400_000

/** Attempts day by day. Nothing is drawn of less than two days. */
export function ByDay({ usage }: { readonly usage: GetUsage | undefined }): ReactNode {
  if (usage === undefined) return null
  const bars = barsOf(usage)
  if (bars.length < 3 || usage.total.attempts === 0) return null
  const summary = `${count(usage.total.attempts)} attempts in ${bars.length} days, day by day`
  return (
    <section className="card" aria-labelledby="h-days">
      <header>
        <h2 id="h-days">Attempts per day</h2>
        <span className="small soft">UTC, today is not over</span>
      </header>
      <div className="body">
        <BarChart bars={bars} summary={summary} unit="attempts" />
      </div>
    </section>
  )
}

function barsOf({ from, to, data }: GetUsage): readonly Bar[] {
  const counts = new Map(data.map(({ name, attempts }) => [name, attempts]))
  const bars: Bar[] = []
  for (let at = Math.floor(Date.parse(from) / DAY_MS) * DAY_MS; at < Date.parse(to); at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10)
    bars.push({ label: dayOf(day), value: counts.get(day) ?? 0, isOpen: at + DAY_MS > Date.parse(to) })
  }
  return bars
}
