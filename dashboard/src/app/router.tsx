import {
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  type ErrorComponentProps,
} from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { KeysPage } from '../pages/keys/keys-page.tsx'
import { OverviewPage } from '../pages/overview/overview-page.tsx'
import { readRange } from '../pages/overview/range.ts'
import { ProvidersPage } from '../pages/providers/providers-page.tsx'
import { RequestPage } from '../pages/request/request-page.tsx'
import { readFilters } from '../pages/requests/filters.ts'
import { RequestsPage } from '../pages/requests/requests-page.tsx'
import { Failed } from '../parts/notices.tsx'
import { Shell } from '../shell/shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: Broken })

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: OverviewPage,
  validateSearch: readRange,
})
const requests = createRoute({
  getParentRoute: () => root,
  path: '/requests',
  component: RequestsPage,
  validateSearch: readFilters,
})
const request = createRoute({ getParentRoute: () => root, path: '/requests/$id', component: RequestPage })
const providers = createRoute({ getParentRoute: () => root, path: '/providers', component: ProvidersPage })
const keys = createRoute({ getParentRoute: () => root, path: '/keys', component: KeysPage })

const tree = root.addChildren([overview, requests, request, providers, keys])

/** The pages by their addresses; `DASHBOARD_PAGES` of the gateway has the same. */
export function createPages(): ReturnType<typeof createRouter<typeof tree>> {
  return createRouter({ routeTree: tree, scrollRestoration: true, defaultErrorComponent: Broken })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPages>
  }
}

function NotFound(): ReactNode {
  return (
    <main id="main">
      <div className="head">
        <div>
          <h1>There is no page here</h1>
          <p>
            <Link to="/">Overview</Link> and the navigation lead on.
          </p>
        </div>
      </div>
    </main>
  )
}

function Broken({ error, reset }: ErrorComponentProps): ReactNode {
  return (
    <main id="main">
      <Failed error={error} what="This page cannot be shown." retry={reset} />
    </main>
  )
}
