import type { ReactNode } from 'react'
import { count } from '../words/numbers.ts'

/** One interval of a count: a missing one is zero, the last one is not over. */
export interface Bar {
  readonly label: string
  readonly value: number
  readonly isOpen?: boolean
}

const HEIGHT = 100
const GAP = 0.18
const MOST_LABELS = 8

/** Bars from zero, to scale; letters beside the shapes, so that they never stretch; the same as a table for whoever wants to read it. */
export function BarChart({
  bars,
  summary,
  unit,
}: {
  readonly bars: readonly Bar[]
  readonly summary: string
  readonly unit: string
}): ReactNode {
  const top = roundTop(bars.reduce((most, { value }) => Math.max(most, value), 1))
  const every = Math.ceil(bars.length / MOST_LABELS)
  return (
    <>
      <figure className="chart" aria-label={summary}>
        <div className="y" aria-hidden="true">
          {[0, 0.5, 1].map((part) => (
            <span key={part} style={{ top: `${100 - 100 * part}%` }}>
              {count(top * part)}
            </span>
          ))}
        </div>
        <div className="plot">
          <svg viewBox={`0 0 ${bars.length} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
            {[0, 50, 100].map((y) => (
              <line key={y} className="ns grid-line" x1="0" x2={bars.length} y1={y} y2={y} />
            ))}
            {bars.map(({ label, value, isOpen }, index) => (
              <rect
                key={label}
                className={isOpen === true ? 'bar open ns' : 'bar'}
                x={index + GAP / 2}
                width={1 - GAP}
                y={HEIGHT - (HEIGHT * value) / top}
                height={(HEIGHT * value) / top}
              >
                <title>{`${label}: ${count(value)} ${unit}`}</title>
              </rect>
            ))}
          </svg>
        </div>
        <div className="x" aria-hidden="true">
          {bars.map(({ label }, index) =>
            (bars.length - 1 - index) % every === 0 ? (
              <span key={label} style={{ left: `${(100 * (index + 0.5)) / bars.length}%` }}>
                {label}
              </span>
            ) : null,
          )}
        </div>
      </figure>
      <Data bars={bars} unit={unit} />
    </>
  )
}

/** A round number that halves into a whole one, no smaller than the value. */
function roundTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return (
    [1, 2, 4, 6, 8, 10].map((step) => step * power).find((top) => top >= value && top % 2 === 0) ??
    Math.max(2, 10 * power)
  )
}

/** What is drawn, as a table. */
function Data({ bars, unit }: { readonly bars: readonly Bar[]; readonly unit: string }): ReactNode {
  return (
    <details className="data">
      <summary>View data</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Interval</th>
            <th scope="col" className="num">
              {unit}
            </th>
          </tr>
        </thead>
        <tbody>
          {bars.map(({ label, value, isOpen }) => (
            <tr key={label}>
              <td>{isOpen === true ? `${label}, not over` : label}</td>
              <td className="num">{count(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
