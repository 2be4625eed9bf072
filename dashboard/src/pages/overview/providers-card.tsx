import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetOverview } from '../../api/answers.ts'
import { Empty } from '../../parts/notices.tsx'
import { State } from '../../parts/state.tsx'
import { Table, type Column } from '../../parts/table.tsx'

interface Line {
  readonly name: string
  readonly state: string
  readonly calls: number
  readonly failed: number
}

const LEAST = 20

const COLUMNS: readonly Column<Line>[] = [
  { head: 'Name', cell: ({ name }) => <b className="strong">{name}</b> },
  {
    head: 'State',
    cell: ({ state, calls }) =>
      state !== 'ready' ? (
        <State tone="warn">something rests</State>
      ) : calls === 0 ? (
        <span className="soft">no traffic</span>
      ) : (
        <State tone="good">ready</State>
      ),
  },
  { head: 'Success', num: true, cell: (line) => <Success {...line} /> },
]

/** Who is there, whether something of it rests, and how it did in the time. */
export function ProvidersCard({ overview }: { readonly overview: GetOverview | undefined }): ReactNode {
  const lines = overview?.status.providers.map(({ name, state }): Line => {
    const did = overview.providers.find((one) => one.name === name)
    return {
      name,
      state,
      calls: did?.calls ?? 0,
      failed: did?.failed ?? 0,
    }
  })
  return (
    <section className="card c4" aria-labelledby="h-providers">
      <header>
        <h2 id="h-providers">Providers</h2>
        <Link to="/providers" className="small">
          All, and what if one goes down
        </Link>
      </header>
      <Table
        label="Providers"
        columns={COLUMNS}
        rows={lines}
        keyOf={({ name }) => name}
        empty={
          <Empty title="No provider">
            <p>Name one under providers in the configuration.</p>
          </Empty>
        }
      />
    </section>
  )
}

/** Of few calls no share is told. */
function Success({ calls, failed }: Line): ReactNode {
  if (calls === 0) return <span className="soft">–</span>
  if (calls < LEAST) return `${calls - failed} of ${calls}`
  return `${(100 * (1 - failed / calls)).toFixed(1)} %`
}
