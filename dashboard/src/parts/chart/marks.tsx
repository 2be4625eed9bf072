import { Fragment, type ReactNode } from 'react'
import { linePaths, heightOf } from './paths.ts'
import type { ChartSeries, Lane } from './model.ts'

const GAP = 0.16

export interface MarksProps {
  readonly lane: Lane
  readonly ticks: readonly number[]
  readonly many: number
  readonly unfinished: number | undefined
}

/** The shapes of a lane: an interval is one wide, the top is at 0, zero at 100. Letters stand beside them, so that they never stretch. */
export function Marks({ lane, ticks, many, unfinished }: MarksProps): ReactNode {
  const top = ticks.at(-1) ?? 1
  return (
    <svg viewBox={`0 0 ${many} 100`} preserveAspectRatio="none" aria-hidden="true">
      {ticks.map((tick) => (
        <line
          key={tick}
          className={tick === 0 ? 'ns axis-line' : 'ns grid-line'}
          x1="0"
          x2={many}
          y1={heightOf(tick, top)}
          y2={heightOf(tick, top)}
        />
      ))}
      {lane.kind === 'bars' ? (
        <Bars lane={lane} top={top} unfinished={unfinished} />
      ) : (
        <Lines lane={lane} top={top} many={many} unfinished={unfinished} />
      )}
      {(lane.marks ?? []).map(({ value, text }) => (
        <line
          key={text}
          className="ns mark-line"
          x1="0"
          x2={many}
          y1={heightOf(value, top)}
          y2={heightOf(value, top)}
        />
      ))}
    </svg>
  )
}

interface ShapesProps {
  readonly lane: Lane
  readonly top: number
  readonly unfinished: number | undefined
}

function Bars({ lane: { series }, top, unfinished }: ShapesProps): ReactNode {
  const under: number[] = []
  return series.map((one) => (
    <g key={one.name} className={`bars ${one.look ?? ''}`} style={{ '--c': one.colour }}>
      {one.values.map((value, index) => {
        const from = under[index] ?? 0
        under[index] = from + (value ?? 0)
        if (value === null || value === 0) return null
        const y = heightOf(from + value, top)
        return (
          <rect
            key={index}
            className={index === unfinished ? 'bar open ns' : 'bar'}
            x={index + GAP / 2}
            width={1 - GAP}
            y={y}
            height={heightOf(from, top) - y}
          />
        )
      })}
    </g>
  ))
}

function Lines({
  lane: { series },
  top,
  many,
  unfinished,
}: ShapesProps & { readonly many: number }): ReactNode {
  return (
    <>
      {gapsOf(series, many).map(([from, to]) => (
        <rect key={from} className="gap" x={from} width={to - from} y="0" height="100" />
      ))}
      {series.map((one) => {
        const { solid, open } = linePaths(one.values, { top, unfinished })
        return (
          <Fragment key={one.name}>
            <path className={`ns line ${one.look ?? ''}`} style={{ '--c': one.colour }} d={solid} />
            <path className="ns line dotted" style={{ '--c': one.colour }} d={open} />
          </Fragment>
        )
      })}
    </>
  )
}

/** Intervals of which nobody knows anything. */
function gapsOf(series: readonly ChartSeries[], many: number): readonly (readonly [number, number])[] {
  const gaps: [number, number][] = []
  for (let index = 0; index < many; index += 1) {
    if (series.some(({ values }) => (values[index] ?? null) !== null)) continue
    const last = gaps.at(-1)
    if (last?.[1] === index) last[1] = index + 1
    else gaps.push([index, index + 1])
  }
  return gaps
}
