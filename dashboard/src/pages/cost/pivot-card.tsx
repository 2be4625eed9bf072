import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetCost } from '../../api/answers.ts'
import { useTimes } from '../../app/use-times.ts'
import { Table, type Column } from '../../parts/table.tsx'
import { total, type Money } from '../../words/money.ts'
import { count } from '../../words/numbers.ts'
import { termOf } from '../requests/filters.ts'
import { nameOf } from './spend-over-time.tsx'
import { DIMENSIONS } from './cost-search.ts'

type Pivot = NonNullable<GetCost['pivot']>
type Row = Pivot['rows'][number]

/** Two dimensions against each other; a row opens its requests. */
export function PivotCard({ pivot, cost }: { readonly pivot: Pivot; readonly cost: GetCost }): ReactNode {
  const times = useTimes()
  const byName = DIMENSIONS[cost.by === 'organisation' ? 'team' : cost.by]
  const rowsBy = pivot.rows_by === 'organisation' ? 'team' : pivot.rows_by
  const rowName = DIMENSIONS[rowsBy]
  const title = `${rowName[0]?.toUpperCase()}${rowName.slice(1)} × ${byName}`
  if (pivot.rows.length === 0) return null
  return (
    <section className="card" aria-labelledby="h-pivot">
      <header>
        <h2 id="h-pivot">{title}</h2>
        {pivot.other_rows > 0 ? (
          <span className="soft small">
            {count(pivot.rows.length)} of {count(pivot.rows.length + pivot.other_rows)} rows
          </span>
        ) : null}
      </header>
      <Table
        label={title}
        columns={columnsOf(pivot, rowsBy, (name) => nameOf(cost, name))}
        rows={pivot.rows}
        keyOf={({ name }) => name}
        foot={
          <tr>
            <th scope="row">Total</th>
            {pivot.totals.map((amount, place) => (
              <td key={pivot.columns[place]} className="num">
                {total(amount)}
              </td>
            ))}
            {pivot.other_columns > 0 ? <td className="num">{total(pivot.other)}</td> : null}
            <td className="num">{total(pivot.total)}</td>
          </tr>
        }
        partial={
          pivot.looked_at === undefined
            ? undefined
            : `So many names are told apart that the table goes back to ${times.short(Date.parse(pivot.looked_at.back_to))} only.`
        }
      />
    </section>
  )
}

function columnsOf(
  { columns, other_columns: others }: Pivot,
  rowsBy: string,
  named: (name: string) => string,
): readonly Column<Row>[] {
  return [
    {
      head: rowsBy,
      className: 'first',
      cell: ({ name, label }) =>
        name === '' ? (
          <span className="soft">none</span>
        ) : (
          <Link
            to="/requests"
            search={(before) => ({ from: before.from, to: before.to, q: termOf(fieldOf(rowsBy), name) })}
          >
            {label ?? name}
          </Link>
        ),
    },
    ...columns.map((name, place): Column<Row> => ({
      head: named(name),
      num: true,
      cell: ({ amounts }) => <Amount money={amounts[place]} />,
      sortBy: ({ amounts }) => Number(amounts[place]?.nano_usd ?? 0),
    })),
    ...(others > 0
      ? [{ head: 'other', num: true, cell: ({ other }: Row) => <Amount money={other} /> } as const]
      : []),
    {
      head: 'Total',
      num: true,
      cell: ({ total: all }) => total(all),
      sortBy: ({ total: all }) => Number(all.nano_usd),
    },
  ]
}

/** How requests are asked for by a dimension. */
export function fieldOf(dimension: string): string {
  if (dimension === 'model') return 'model'
  return dimension === 'target' ? 'tried' : dimension
}

function Amount({ money }: { readonly money: Money | undefined }): ReactNode {
  return money === undefined || money.nano_usd === '0' ? <span className="soft">–</span> : total(money)
}
