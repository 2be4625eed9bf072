import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Table, type Column } from '../../parts/table.tsx'
import type { ModelLine } from './use-models.ts'

const COLUMNS: readonly Column<ModelLine['names'][number]>[] = [
  {
    head: 'Name',
    cell: ({ name }) => (
      <Link to="/routes/$name" params={{ name }}>
        {name}
      </Link>
    ),
    sortBy: ({ name }) => name,
  },
  { head: 'What it is there', cell: ({ as }) => <span className="soft">{as}</span>, sortBy: ({ as }) => as },
]

/** Which routes and aliases lead to it. */
export function NamesCard({ model: { names, name: own } }: { readonly model: ModelLine }): ReactNode {
  return (
    <section className="card" aria-labelledby="h-names">
      <header>
        <h2 id="h-names">Names that lead to it</h2>
      </header>
      <Table
        label="Names that lead to it"
        columns={COLUMNS}
        rows={names}
        keyOf={({ name }) => name}
        empty={
          <div className="body">
            <p className="soft">
              None but its own: <code>{own}</code>.
            </p>
          </div>
        }
      />
    </section>
  )
}
