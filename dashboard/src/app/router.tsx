import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Link,
  retainSearchParams,
  type ErrorComponentProps,
} from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { readFocus } from '../pages/budgets/focus.ts'
import { readCost } from '../pages/cost/cost-search.ts'
import { OverviewPage } from '../pages/overview/overview-page.tsx'
import { readModels } from '../pages/models/models-search.ts'
import { readProvider } from '../pages/providers/read-provider.ts'
import { readFilters } from '../pages/requests/filters.ts'
import { SESSION_PATH } from '../pages/sessions/session-path.ts'
import { Failed } from '../parts/notices.tsx'
import { Shell } from '../shell/shell.tsx'
import { texts } from './search-texts.ts'
import { readRange } from './time-range.ts'

/** The time that pages look at stands in the address of each, and goes along to the next. */
const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: Broken,
  validateSearch: readRange,
  search: { middlewares: [retainSearchParams(['from', 'to'])] },
})

const at = <const Path extends string>(path: Path) => ({ getParentRoute: () => root, path })
const load = lazyRouteComponent

/**
 * The pages by their addresses, in the order of the alphabet; `DASHBOARD_PAGES` of the gateway has the same. All but the first are
 * fetched when somebody goes there.
 */
// oxfmt-ignore
const pages = [
  createRoute({ ...at('/'), component: OverviewPage }),
  createRoute({ ...at('/alerts'), component: load(() => import('../pages/alerts/alerts-page.tsx'), 'AlertsPage'), validateSearch: texts('measure', 'q') }),
  createRoute({ ...at('/audit'), component: load(() => import('../pages/audit/audit-page.tsx'), 'AuditPage'), validateSearch: texts('actor', 'subject') }),
  createRoute({ ...at('/cache'), component: load(() => import('../pages/cache/cache-page.tsx'), 'CachePage') }),
  createRoute({ ...at('/connect'), component: load(() => import('../pages/connect/connect-page.tsx'), 'ConnectPage') }),
  createRoute({ ...at('/connect/$client'), component: load(() => import('../pages/connect/client-page.tsx'), 'ClientPage'), validateSearch: texts('key', 'model') }),
  createRoute({ ...at('/drills'), component: load(() => import('../pages/drills/drills-page.tsx'), 'DrillsPage'), validateSearch: texts('provider') }),
  createRoute({ ...at('/budgets'), component: load(() => import('../pages/budgets/budgets-page.tsx'), 'BudgetsPage'), validateSearch: readFocus }),
  createRoute({ ...at('/cost'), component: load(() => import('../pages/cost/cost-page.tsx'), 'CostPage'), validateSearch: readCost }),
  createRoute({ ...at('/guardrails'), component: load(() => import('../pages/guardrails/guardrails-page.tsx'), 'GuardrailsPage') }),
  createRoute({ ...at('/keys'), component: load(() => import('../pages/keys/keys-page.tsx'), 'KeysPage') }),
  createRoute({ ...at('/models'), component: load(() => import('../pages/models/models-page.tsx'), 'ModelsPage'), validateSearch: readModels }),
  createRoute({ ...at('/models/$name'), component: load(() => import('../pages/models/model-page.tsx'), 'ModelPage') }),
  createRoute({ ...at('/playground'), component: load(() => import('../pages/playground/playground-page.tsx'), 'PlaygroundPage'), validateSearch: texts('model', 'request') }),
  createRoute({ ...at('/providers'), component: load(() => import('../pages/providers/providers-page.tsx'), 'ProvidersPage'), validateSearch: readProvider }),
  createRoute({ ...at('/releases'), component: load(() => import('../pages/releases/releases-page.tsx'), 'ReleasesPage') }),
  createRoute({ ...at('/requests'), component: load(() => import('../pages/requests/requests-page.tsx'), 'RequestsPage'), validateSearch: readFilters }),
  createRoute({ ...at('/requests/$id'), component: load(() => import('../pages/request/request-page.tsx'), 'RequestPage'), validateSearch: texts('q', 'tab') }),
  createRoute({ ...at('/routes'), component: load(() => import('../pages/routes/routes-page.tsx'), 'RoutesPage') }),
  createRoute({ ...at('/routes/$name'), component: load(() => import('../pages/route/route-page.tsx'), 'RoutePage') }),
  createRoute({ ...at('/sessions'), component: load(() => import('../pages/sessions/sessions-page.tsx'), 'SessionsPage') }),
  createRoute({ ...at('/sessions/$id'), component: load(() => import('../pages/sessions/session-page.tsx'), 'SessionPage'), params: SESSION_PATH }),
  createRoute({ ...at('/settings'), component: load(() => import('../pages/settings/settings-page.tsx'), 'SettingsPage') }),
  createRoute({ ...at('/start'), component: load(() => import('../pages/start/start-page.tsx'), 'StartPage') }),
] as const

const tree = root.addChildren(pages)

/** The pages; one that somebody points at is fetched before it is opened. */
export function createPages(): ReturnType<typeof createRouter<typeof tree>> {
  return createRouter({
    routeTree: tree,
    scrollRestoration: true,
    defaultErrorComponent: Broken,
    defaultPreload: 'intent',
  })
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
