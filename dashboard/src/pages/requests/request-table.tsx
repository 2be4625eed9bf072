import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useNow } from '../../app/use-now.ts'
import { Cost } from '../../parts/cost.tsx'
import { Duration } from '../../parts/measure.tsx'
import { SkeletonRows } from '../../parts/notices.tsx'
import { count } from '../../words/numbers.ts'
import { exactMoment, moment } from '../../words/times.ts'
import { AttemptChips } from './attempt-chips.tsx'
import { DurationBar, scaleOf } from './duration-bar.tsx'
import { Outcome } from './outcome.tsx'
import type { RequestLine } from './use-requests.ts'

const COLUMNS = 8
const SKELETONS = 12
const MINUTE_MS = 60_000

export interface RequestTableProps {
  readonly rows: readonly RequestLine[]
  readonly isPending: boolean
  readonly selected: string | undefined
  readonly onSelect: (id: string) => void
}

/** The list: what leads to the page is a link, the rest of a row opens the peek. */
export function RequestTable({ rows, isPending, selected, onSelect }: RequestTableProps): ReactNode {
  const now = useNow(MINUTE_MS)
  const scaleMs = scaleOf(rows)
  return (
    <table>
      <thead>
        <tr>
          <th scope="col" aria-sort="descending">
            Time
          </th>
          <th scope="col">Status</th>
          <th scope="col">Route and attempts</th>
          <th scope="col" className="num cost">
            Cost
          </th>
          <th scope="col" className="num dur">
            Duration
          </th>
          <th scope="col" className="p3">
            <span className="vh">Duration as a bar</span>
          </th>
          <th scope="col" className="num p4">
            Tokens
          </th>
          <th scope="col" className="p5">
            Key
          </th>
        </tr>
      </thead>
      <tbody aria-busy={isPending}>
        {isPending ? <SkeletonRows rows={SKELETONS} columns={COLUMNS} /> : null}
        {rows.map((row) => (
          <Row
            key={row.id}
            row={row}
            now={now}
            scaleMs={scaleMs}
            isSelected={row.id === selected}
            onSelect={onSelect}
          />
        ))}
      </tbody>
    </table>
  )
}

interface RowProps {
  readonly row: RequestLine
  readonly now: number
  readonly scaleMs: number
  readonly isSelected: boolean
  readonly onSelect: (id: string) => void
}

function Row({ row, now, scaleMs, isSelected, onSelect }: RowProps): ReactNode {
  return (
    <tr
      aria-selected={isSelected}
      data-id={row.id}
      onClick={(event) => isPlain(event.target) && onSelect(row.id)}
    >
      <td className="when soft" title={exactMoment(row.at)}>
        {moment(row.at, now)}
      </td>
      <td className="st">
        <Outcome outcome={row.outcome} status={row.status} />
      </td>
      <td className="rt">
        <span className="chips">
          <Link
            className="rn"
            to="/requests/$id"
            params={{ id: row.id }}
            title={`Asked for ${row.requested_model}`}
          >
            {row.route ?? row.requested_model}
          </Link>
          <AttemptChips attempts={row.attempts} />
          {row.purpose === undefined ? null : <span className="badge">{row.purpose}</span>}
        </span>
      </td>
      <td className="num cost">
        <Cost cost={row.cost} estimated={row.estimated} simulated={row.simulated} />
      </td>
      <td className="num dur">
        <Duration ms={row.duration_ms} />
      </td>
      <td className="p3 phone-hide">
        <DurationBar row={row} scaleMs={scaleMs} />
      </td>
      <td className="num p4 phone-hide">
        {count(row.input_tokens)} <span className="soft">→</span> {count(row.output_tokens)}
      </td>
      <td className="p5 phone-hide">{row.key_name ?? <span className="soft">–</span>}</td>
    </tr>
  )
}

/** A link does what links do; text that is being marked is no press. */
function isPlain(target: EventTarget): boolean {
  return (
    target instanceof Element && target.closest('a, button') === null && getSelection()?.isCollapsed !== false
  )
}
