import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetCost } from '../../api/answers.ts'
import { useTimes } from '../../app/use-times.ts'
import { Empty } from '../../parts/notices.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { total } from '../../words/money.ts'
import { count } from '../../words/numbers.ts'
import { termOf } from '../requests/filters.ts'
import { differenceOf, signed } from './change.ts'
import { fieldOf } from './pivot-card.tsx'
import { DIMENSIONS } from './cost-search.ts'

type Group = GetCost['groups'][number]

/** Every name with what it cost; a name opens its requests, and each of those its receipt. */
export function GroupsCard({ cost }: { readonly cost: GetCost | undefined }): ReactNode {
  const times = useTimes()
  const by = cost === undefined || cost.by === 'organisation' ? 'team' : cost.by
  const title = `By ${DIMENSIONS[by]}`
  return (
    <section className="card c8" aria-labelledby="h-groups">
      <header>
        <h2 id="h-groups">{title}</h2>
      </header>
      <Table
        label={title}
        columns={columnsOf(by, cost)}
        rows={cost?.groups}
        keyOf={({ name }) => name}
        empty={
          <Empty title={`No ${DIMENSIONS[by]} spent anything in this time`}>
            <p>Every call counts here as soon as it is over.</p>
          </Empty>
        }
        partial={
          cost?.looked_at === undefined
            ? undefined
            : `Only what came after ${times.short(Date.parse(cost.looked_at.back_to))} was looked at.`
        }
      />
    </section>
  )
}

function columnsOf(by: string, cost: GetCost | undefined): readonly Column<Group>[] {
  const isCompared = cost?.compared !== undefined && cost.groups.some(({ before }) => before !== undefined)
  return [
    {
      head: by,
      cell: ({ name, label }) =>
        name === '' ? (
          <span className="soft">none</span>
        ) : (
          <Link
            to="/requests"
            search={(before) => ({ from: before.from, to: before.to, q: queryOf(by, name) })}
          >
            {label ?? name}
          </Link>
        ),
    },
    {
      head: 'Calls',
      num: true,
      cell: ({ attempts }) => count(attempts),
      sortBy: ({ attempts }) => attempts,
    },
    {
      head: 'Unpriced',
      num: true,
      className: 'x-minor',
      cell: ({ unpriced }) =>
        unpriced === 0 ? (
          <span className="soft">–</span>
        ) : (
          <span className="unpriced">{count(unpriced)} unpriced</span>
        ),
    },
    {
      head: 'Spend',
      num: true,
      cell: ({ amount }) =>
        cost?.money === 'simulated' ? <span className="simulated">{total(amount)}</span> : total(amount),
      sortBy: ({ amount }) => Number(amount.nano_usd),
    },
    ...(isCompared
      ? [
          {
            head: 'Against before',
            num: true,
            className: 'x-minor',
            cell: ({ finished, before }: Group) =>
              before === undefined ? '–' : signed(differenceOf(finished, before)),
          } as const,
        ]
      : []),
  ]
}

function queryOf(by: string, name: string): string {
  if (by === 'model') return termOf('tried', `*/${name}`).replace('"', '').replace(/"$/, '')
  if (by === 'arm') return termOf('route', name.split(' · ')[0] ?? '')
  return termOf(fieldOf(by), name)
}
