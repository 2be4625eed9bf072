import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Table, type Column } from '../../parts/table.tsx'
import { total } from '../../words/money.ts'
import { count } from '../../words/numbers.ts'
import { sizeText } from '../../words/sizes.ts'
import { givenAgain, shareText } from './cache-tiles.tsx'
import type { CachedRoute, Purge } from './use-cache.ts'

/** What each route got out of it. */
export function RoutesCard({
  routes,
  onPurge,
}: {
  readonly routes: readonly CachedRoute[] | undefined
  readonly onPurge: (purge: Purge) => void
}): ReactNode {
  return (
    <section className="card" aria-labelledby="h-cache-routes">
      <header>
        <h2 id="h-cache-routes">Routes</h2>
      </header>
      <Table
        label="Routes"
        columns={[...COLUMNS, purgeColumn(onPurge)]}
        rows={routes}
        keyOf={({ route }) => route}
        skeletons={2}
      />
    </section>
  )
}

const COLUMNS: readonly Column<CachedRoute>[] = [
  {
    head: 'Route',
    cell: ({ route, keeps }) => (
      <>
        <Link to="/routes/$name" params={{ name: route }}>
          {route}
        </Link>
        {keeps ? null : <span className="sub">keeps none now</span>}
      </>
    ),
    sortBy: ({ route }) => route,
  },
  {
    head: 'Hit rate',
    num: true,
    cell: (one) => shareText(one.hit_rate),
    sortBy: (one) => one.hit_rate ?? -1,
  },
  {
    head: 'Given again',
    num: true,
    cell: (one) => (
      <Link
        to="/requests"
        search={{ q: `route:${one.route} cache:hit,semantic,stale,coalesced` }}
        title="The requests"
      >
        {count(givenAgain(one))}
      </Link>
    ),
    sortBy: givenAgain,
  },
  { head: 'Misses', num: true, cell: ({ misses }) => count(misses), sortBy: ({ misses }) => misses },
  {
    head: 'Not looked for',
    num: true,
    cell: ({ bypassed }) => count(bypassed),
    sortBy: (one) => one.bypassed,
  },
  {
    head: 'Saved',
    num: true,
    cell: ({ saved }) => total(saved),
    sortBy: ({ saved }) => Number(saved.nano_usd),
  },
  { head: 'Answers', num: true, cell: ({ entries }) => count(entries), sortBy: ({ entries }) => entries },
  { head: 'They take', num: true, cell: ({ bytes }) => sizeText(bytes), sortBy: ({ bytes }) => bytes },
]

function purgeColumn(onPurge: (purge: Purge) => void): Column<CachedRoute> {
  return {
    head: 'Remove',
    isHeadHidden: true,
    cell: ({ route, entries }) =>
      entries === 0 ? null : (
        <button
          type="button"
          className="btn s"
          aria-label={`Remove the answers of ${route}`}
          onClick={() => onPurge({ route })}
        >
          Remove
        </button>
      ),
  }
}
