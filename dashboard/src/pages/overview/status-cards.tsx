import type { ReactNode } from 'react'
import type { GetStatusz } from '../../api/answers.ts'
import { Empty } from '../../parts/notices.tsx'
import { State } from '../../parts/state.tsx'
import { Table, type Column } from '../../parts/table.tsx'

const MOST = 8

/** Who is there, and whether something of it rests. */
export function ProvidersCard({
  status,
  children,
}: {
  readonly status: GetStatusz | undefined
  readonly children?: ReactNode
}): ReactNode {
  const providers = status?.providers ?? []
  return (
    <section className="card c4" aria-labelledby="h-providers">
      <header>
        <h2 id="h-providers">Providers</h2>
        {children}
      </header>
      {status !== undefined && providers.length === 0 ? (
        <Empty title="No provider">
          <p>Name one under providers in the configuration.</p>
        </Empty>
      ) : (
        <ul className="body list">
          {providers.slice(0, MOST).map(({ name, from, state }) => (
            <li key={name}>
              <span>
                <b className="strong">{name}</b>
                <span className="sub">{state === 'ready' ? from : state}</span>
              </span>
              <span className="push">
                <State tone={state === 'ready' ? 'good' : 'warn'}>
                  {state === 'ready' ? 'ready' : 'something rests'}
                </State>
              </span>
            </li>
          ))}
          {providers.length > MOST ? <li className="soft">and {providers.length - MOST} more</li> : null}
        </ul>
      )}
    </section>
  )
}

const ROUTE_COLUMNS: readonly Column<GetStatusz['routes'][number]>[] = [
  { head: 'Name', cell: ({ name }) => <b className="strong">{name}</b> },
  {
    head: 'Leads to',
    cell: ({ targets }) => (
      <span className="row">
        {targets.map((target, index) => (
          <span key={index}>
            {index === 0 ? '' : '› '}
            {target}
          </span>
        ))}
      </span>
    ),
  },
]

/** Named routes and whom they lead to; names that only lead to themselves are left out. */
export function RoutesCard({ status }: { readonly status: GetStatusz | undefined }): ReactNode {
  const routes = (status?.routes ?? []).filter(
    ({ name, targets }) => targets.length !== 1 || targets[0] !== name,
  )
  if (routes.length === 0) return null
  return (
    <section className="card" aria-labelledby="h-routes">
      <header>
        <h2 id="h-routes">Routes</h2>
        <span className="small soft">in the order in which targets are listed</span>
      </header>
      <Table
        label="Routes"
        className="top-aligned"
        columns={ROUTE_COLUMNS}
        rows={routes}
        keyOf={({ name }) => name}
      />
    </section>
  )
}
