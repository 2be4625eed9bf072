import { Link, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useNow } from '../../app/use-now.ts'
import { useTimes } from '../../app/use-times.ts'
import { Cost } from '../../parts/cost.tsx'
import { Duration } from '../../parts/measure.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { Who } from '../../parts/who.tsx'
import { answeredText } from '../../words/answered.ts'
import { count } from '../../words/numbers.ts'
import { AttemptChips } from './attempt-chips.tsx'
import type { ColumnName } from './columns.ts'
import { DurationBar, scaleOf } from './duration-bar.tsx'
import { Outcome } from './outcome.tsx'
import type { RequestLine } from './use-requests.ts'

const SKELETONS = 12
const MINUTE_MS = 60_000

export interface RequestTableProps {
  readonly rows: readonly RequestLine[]
  readonly isPending: boolean
  /** The row that keys came to. */
  readonly marked: string | undefined
  readonly onOpen: (id: string) => void
  /** Rows that are selected, by their ids. */
  readonly checked: ReadonlySet<string>
  readonly onCheck: (id: string) => void
  /** Heads of the columns that are shown beside those that always are. */
  readonly shown: ReadonlySet<string>
}

/** The list: what leads to the page is a link, a box selects the row, the rest of it opens the peek. */
export function RequestTable(props: RequestTableProps): ReactNode {
  const { rows, isPending, marked, onOpen, shown } = props
  const always = useAlways(props)
  const chosen = useChosen(scaleOf(rows)).filter(({ head }) => shown.has(head))
  return (
    <Table
      label="Requests"
      columns={[...always, ...chosen]}
      rows={isPending ? undefined : rows}
      keyOf={({ id }) => id}
      skeletons={SKELETONS}
      marked={marked ?? ''}
      onOpen={({ id }) => onOpen(id)}
    />
  )
}

function useAlways({
  checked,
  onCheck,
}: Pick<RequestTableProps, 'checked' | 'onCheck'>): readonly Column<RequestLine>[] {
  const now = useNow(MINUTE_MS)
  const times = useTimes()
  return [
    {
      head: 'Selected',
      isHeadHidden: true,
      className: 'sel phone-hide',
      cell: ({ id, at }) => (
        <input
          type="checkbox"
          aria-label={`Select the request of ${times.moment(at, now)}`}
          checked={checked.has(id)}
          onChange={() => onCheck(id)}
        />
      ),
    },
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
  ]
}

/** Each is shown where it was chosen; the narrower the list, the fewer of the usual ones. */
function useChosen(scaleMs: number): readonly Column<RequestLine>[] {
  const text = (head: ColumnName, read: (row: RequestLine) => string | undefined): Column<RequestLine> => ({
    head,
    className: 'phone-hide',
    cell: (row) => read(row) ?? <span className="soft">–</span>,
  })
  return [
    { head: 'Cost', num: true, className: 'cost', cell: (row) => <Cost {...row} /> },
    { head: 'Duration', num: true, className: 'dur', cell: ({ duration_ms: ms }) => <Duration ms={ms} /> },
    {
      head: 'Duration as a bar',
      isHeadHidden: true,
      className: 'p3 phone-hide',
      cell: (row) => <DurationBar row={row} scaleMs={scaleMs} />,
    },
    {
      head: 'First event',
      num: true,
      className: 'phone-hide',
      cell: ({ first_event_ms: ms }) =>
        ms === undefined ? <span className="soft">–</span> : <Duration ms={ms} />,
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
    { ...text('Key', (row) => row.key_name), className: 'p5 phone-hide' },
    {
      head: 'Answered by',
      className: 'phone-hide',
      cell: ({ target, cache }) =>
        target === undefined ? <span className="soft">{answeredText(cache)}</span> : <Who name={target} />,
    },
    text('Asked for', (row) => row.requested_model),
    text('Project', (row) => row.project),
    text('Dialect', (row) => row.dialect),
    text('Plan', (row) => row.plan),
  ]
}

function Way({ row }: { readonly row: RequestLine }): ReactNode {
  const { q } = useSearch({ from: '/requests' })
  return (
    <span className="chips">
      <Link
        className="rn"
        to="/requests/$id"
        params={{ id: row.id }}
        search={q === undefined ? {} : { q }}
        title={`Asked for ${row.requested_model}`}
      >
        {row.route ?? row.requested_model}
      </Link>
      <AttemptChips attempts={row.attempts} cache={row.cache} />
      {row.purpose === undefined ? null : <span className="badge">{row.purpose}</span>}
    </span>
  )
}
