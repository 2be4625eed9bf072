import type { ReactNode } from 'react'
import { useTimes } from '../../app/use-times.ts'
import { tickText } from '../../words/units.ts'
import { Marks } from './marks.tsx'
import { groupFlags, ticksOf, type ChartFlag, type FlagGroup, type Intervals, type Lane } from './model.ts'
import { heightOf } from './paths.ts'
import { timeTicks } from './time-ticks.ts'
import { Tip } from './tip.tsx'
import { useChartPointer } from './use-pointer.ts'

export interface PlotsProps {
  readonly intervals: Intervals
  readonly lanes: readonly Lane[]
  readonly flags: readonly ChartFlag[]
}

/** The lanes of a chart one under the other, over one time. */
export function Plots({ intervals, lanes, flags }: PlotsProps): ReactNode {
  const times = useTimes()
  const pointer = useChartPointer(intervals)
  const { at, stepMs, unfinished } = intervals
  const many = at.length
  const fromMs = at[0] ?? 0
  const toMs = fromMs + many * stepMs
  const groups = groupFlags(flags, fromMs, toMs)
  return (
    <div className={groups.length === 0 ? 'plots' : 'plots has-flags'} {...pointer.handlers}>
      {lanes.map((lane, place) => {
        const ticks = ticksOf(lane)
        return (
          <div key={place} className={lane.isOwnScale === true ? 'lane own' : 'lane'}>
            <YTicks lane={lane} ticks={ticks} />
            <Marks lane={lane} ticks={ticks} many={many} unfinished={unfinished} />
            <MarkWords lane={lane} top={ticks.at(-1) ?? 1} />
          </div>
        )
      })}
      <Over pointer={pointer} many={many} />
      {groups.map((group) => (
        <Flag key={group.at} group={group} part={(group.at - fromMs) / (toMs - fromMs)} />
      ))}
      {pointer.isHere && pointer.at !== undefined ? (
        <Tip lanes={lanes} index={pointer.at} many={many} when={whenText(pointer.at)} />
      ) : null}
      <div className="x" aria-hidden="true">
        {timeTicks(fromMs, toMs, times).map(({ part, text }, place) => (
          <span key={part} className={place % 2 === 1 ? 'x-odd' : ''} style={{ left: `${100 * part}%` }}>
            {text}
          </span>
        ))}
      </div>
    </div>
  )

  function whenText(index: number): string {
    const begin = at[index] ?? 0
    const end = stepMs >= 86_400_000 ? '' : ` – ${times.clock(begin + stepMs)}`
    return `${stepMs >= 86_400_000 ? times.day(begin) : times.short(begin)}${end}${index === unfinished ? ', not over' : ''}`
  }
}

function YTicks({ lane, ticks }: { readonly lane: Lane; readonly ticks: readonly number[] }): ReactNode {
  const top = ticks.at(-1) ?? 1
  return (
    <div className="y" aria-hidden="true">
      {ticks.map((tick) =>
        lane.isOwnScale === true && tick === 0 ? null : (
          <span key={tick} style={{ top: `${heightOf(tick, top)}%` }}>
            {tickText(tick, lane.unit)}
          </span>
        ),
      )}
    </div>
  )
}

/** What happens at a line across. */
function MarkWords({ lane, top }: { readonly lane: Lane; readonly top: number }): ReactNode {
  return (lane.marks ?? []).map(({ value, text }) => (
    <span key={text} className="note" style={{ top: `${heightOf(value, top)}%` }}>
      {text}
    </span>
  ))
}

/** The crosshair, and what is being dragged over. */
function Over({
  pointer: { at, dragged },
  many,
}: {
  readonly pointer: ReturnType<typeof useChartPointer>
  readonly many: number
}): ReactNode {
  const [from = 0, to = 0] = dragged?.toSorted((one, other) => one - other) ?? []
  return (
    <>
      {at === undefined ? null : <i className="cross" style={{ left: `${(100 * (at + 0.5)) / many}%` }} />}
      {dragged === undefined ? null : (
        <i
          className="drag"
          style={{ left: `${(100 * from) / many}%`, width: `${(100 * (to + 1 - from)) / many}%` }}
        />
      )}
    </>
  )
}

function Flag({ group, part }: { readonly group: FlagGroup; readonly part: number }): ReactNode {
  const side = part > 0.85 ? 'l' : part < 0.15 ? 'r' : ''
  return (
    <span
      className={`flag ${side}`}
      style={{ left: `${100 * part}%` }}
      title={group.all.map(({ text }) => text).join('; ')}
    >
      <b>{group.text}</b>
    </span>
  )
}
