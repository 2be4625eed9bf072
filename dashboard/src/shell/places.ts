import type { RegisteredRouter } from '@tanstack/react-router'
import type { IconName } from '../parts/icon.tsx'

/** Addresses of pages that are one page each. */
type Address = Exclude<keyof RegisteredRouter['routesByPath'], `${string}$${string}`>

/** A page that the navigation leads to. Only pages that work stand here. */
export interface Place {
  readonly to: Address
  readonly name: string
  readonly icon: IconName
  /** Behind `g`. */
  readonly key: string
  /** It shows a time, which is chosen on top of the page. */
  readonly hasTime?: true
}

/** The groups of the navigation, and the places of each in the order in which they are shown. */
export const PLACES: readonly { readonly group: string; readonly places: readonly Place[] }[] = [
  {
    group: 'Begin',
    places: [
      { to: '/start', name: 'Get started', icon: 'start', key: 's' },
      { to: '/connect', name: 'Connect', icon: 'connect', key: 'n' },
    ],
  },
  {
    group: 'Observe',
    places: [
      { to: '/', name: 'Overview', icon: 'overview', key: 'o', hasTime: true },
      { to: '/requests', name: 'Requests', icon: 'requests', key: 'r', hasTime: true },
      { to: '/sessions', name: 'Sessions', icon: 'sessions', key: 'i', hasTime: true },
      { to: '/cost', name: 'Cost', icon: 'cost', key: 'c', hasTime: true },
      { to: '/cache', name: 'Cache', icon: 'cache', key: 'h', hasTime: true },
    ],
  },
  {
    group: 'Operate',
    places: [
      { to: '/providers', name: 'Providers', icon: 'providers', key: 'p', hasTime: true },
      { to: '/routes', name: 'Routes', icon: 'routes', key: 't', hasTime: true },
      { to: '/models', name: 'Models', icon: 'models', key: 'm' },
      { to: '/playground', name: 'Playground', icon: 'playground', key: 'y' },
      { to: '/drills', name: 'Drills', icon: 'drills', key: 'd' },
      { to: '/alerts', name: 'Alerts', icon: 'alerts', key: 'l' },
    ],
  },
  {
    group: 'Govern',
    places: [
      { to: '/keys', name: 'Keys', icon: 'keys', key: 'k' },
      { to: '/guardrails', name: 'Guardrails', icon: 'guardrails', key: 'u', hasTime: true },
      { to: '/releases', name: 'Releases', icon: 'releases', key: 'v' },
      { to: '/audit', name: 'Audit', icon: 'audit', key: 'a' },
      { to: '/settings', name: 'Settings', icon: 'settings', key: 'e' },
      { to: '/budgets', name: 'Budgets', icon: 'budgets', key: 'b' },
    ],
  },
]

export const ALL_PLACES: readonly Place[] = PLACES.flatMap(({ places }) => places)
