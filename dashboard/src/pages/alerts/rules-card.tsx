import type { ReactNode } from 'react'
import { Empty } from '../../parts/notices.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { RuleState, told } from './states.tsx'
import type { Rule } from './use-alerts.ts'

/** Every rule with how it stands, and where it is written. */
export function RulesCard({
  rules,
  placeOf,
}: {
  readonly rules: readonly Rule[] | undefined
  readonly placeOf: (rule: string) => string
}): ReactNode {
  const columns: readonly Column<Rule>[] = [
    {
      head: 'Rule',
      className: 'said',
      cell: ({ name, says, description }) => (
        <>
          <b className="strong">{name}</b>
          <span className="sub">{says}</span>
          {description === null ? null : <span className="sub">{description}</span>}
        </>
      ),
      sortBy: ({ name }) => name,
    },
    { head: 'State', cell: (rule) => <RuleState rule={rule} /> },
    { head: 'Last', num: true, cell: ({ last }) => told(last?.value ?? null, last?.unit ?? null) },
    { head: 'Tells', cell: ({ to }) => (to.length === 0 ? 'nobody' : to.join(', ')) },
    { head: 'Written in', className: 'nowrap', cell: ({ name }) => placeOf(name) },
  ]
  return (
    <section className="card" aria-labelledby="h-rules">
      <header>
        <h2 id="h-rules">Rules</h2>
      </header>
      <Table
        label="Rules"
        className="stacked"
        columns={columns}
        rows={rules}
        keyOf={({ name }) => name}
        empty={
          <Empty title="No rule">
            <p>
              A rule says when something rings: too many errors, too much money. Make one here or from the
              menu of a chart on the overview.
            </p>
          </Empty>
        }
      />
    </section>
  )
}
