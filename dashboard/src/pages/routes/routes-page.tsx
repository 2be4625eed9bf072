import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useFresh } from '../../app/use-live.ts'
import { Icon } from '../../parts/icon.tsx'
import { Empty } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Table } from '../../parts/table.tsx'
import { count, counted } from '../../words/numbers.ts'
import { valueText } from '../../words/units.ts'
import { NewRouteDialog } from './new-route-dialog.tsx'
import { ROUTE_COLUMNS } from './route-columns.tsx'
import { useRoutes, type RouteLine } from './use-routes.ts'

const FRESH_MS = 5_000

/** Where would a request go? */
export function RoutesPage(): ReactNode {
  const routes = useRoutes()
  const [isMaking, setIsMaking] = useState(false)
  const navigate = useNavigate()
  useFresh('routes', FRESH_MS)
  const rows = routes.data?.data
  return (
    <main id="main">
      <PageHead title="Routes" answer={rows === undefined ? 'Reading the routes.' : <Answer routes={rows} />}>
        <button type="button" className="btn primary" onClick={() => setIsMaking(true)}>
          <Icon name="plus" />
          Make a route
        </button>
      </PageHead>
      <section className="card" aria-label="Routes">
        <Table
          label="Routes"
          columns={ROUTE_COLUMNS}
          rows={rows}
          keyOf={({ name }) => name}
          onOpen={({ name }) => void navigate({ to: '/routes/$name', params: { name } })}
          empty={
            <Empty title="No route">
              <p>
                Models can be asked for by provider/model. A route gives them a name, an order and a way out.
              </p>
            </Empty>
          }
          error={
            routes.error === null
              ? undefined
              : {
                  error: routes.error,
                  what: 'The routes could not be read.',
                  retry: () => void routes.refetch(),
                }
          }
          {...(routes.data?.has_more === true ? { partial: `The first ${rows?.length} are shown.` } : {})}
        />
      </section>
      {isMaking ? <NewRouteDialog onClose={() => setIsMaking(false)} /> : null}
    </main>
  )
}

function Answer({ routes }: { readonly routes: readonly RouteLine[] }): ReactNode {
  const requests = routes.reduce((sum, route) => sum + route.requests, 0)
  const [worst] = routes
    .filter(({ requests: many, failed }) => many >= 20 && failed > 0)
    .toSorted((one, other) => other.failed / other.requests - one.failed / one.requests)
  return (
    <p>
      {counted(routes.length, 'route')} took {counted(requests, 'request')}.{' '}
      {worst === undefined ? null : (
        <>
          <Link to="/routes/$name" params={{ name: worst.name }}>
            {worst.name}
          </Link>{' '}
          fails most: {count(worst.failed)} of {count(worst.requests)} (
          {valueText(worst.failed / worst.requests, 'share')}).
        </>
      )}
    </p>
  )
}
