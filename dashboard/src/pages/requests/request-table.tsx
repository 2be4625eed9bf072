import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useNow } from '../../app/use-now.ts'
import { useTimes } from '../../app/use-times.ts'
import { Cost } from '../../parts/cost.tsx'
import { Duration } from '../../parts/measure.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { count } from '../../words/numbers.ts'
import { AttemptChips } from './attempt-chips.tsx'
import { DurationBar, scaleOf } from './duration-bar.tsx'
import { Outcome } from './outcome.tsx'
import type { RequestLine } from './use-requests.ts'

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
  const columns = useColumns(scaleOf(rows))
  return (
    <Table
      label="Requests"
      columns={columns}
      rows={isPending ? undefined : rows}
      keyOf={({ id }) => id}
      skeletons={SKELETONS}
      marked={selected ?? ''}
      onOpen={({ id }) => onSelect(id)}
    />
  )
}

function useColumns(scaleMs: number): readonly Column<RequestLine>[] {
  const now = useNow(MINUTE_MS)
  const times = useTimes()
  return [
    {
      head: 'Time',
      className: 'when soft',
      cell: ({ at }) => <span title={times.exact(at)}>{times.moment(at, now)}</span>,
    },
    {
      head: 'Status',
      className: 'st',
      cell: ({ outcome, status }) => <Outcome outcome={outcome} status={status} />,
    },
    { head: 'Route and attempts', className: 'rt', cell: (row) => <Way row={row} /> },
    { head: 'Cost', num: true, className: 'cost', cell: (row) => <Cost {...row} /> },
    { head: 'Duration', num: true, className: 'dur', cell: ({ duration_ms: ms }) => <Duration ms={ms} /> },
    {
      head: 'Duration as a bar',
      isHeadHidden: true,
      className: 'p3 phone-hide',
      cell: (row) => <DurationBar row={row} scaleMs={scaleMs} />,
    },
    {
      head: 'Tokens',
      num: true,
      className: 'p4 phone-hide',
      cell: (row) => (
        <>
          {count(row.input_tokens)} <span className="soft">→</span> {count(row.output_tokens)}
        </>
      ),
    },
    {
      head: 'Key',
      className: 'p5 phone-hide',
      cell: ({ key_name: name }) => name ?? <span className="soft">–</span>,
    },
  ]
}

function Way({ row }: { readonly row: RequestLine }): ReactNode {
  return (
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
  )
}
