import type { IconName } from '../parts/icon.tsx'

/** A page that the navigation leads to. Only pages that work stand here. */
export interface Place {
  readonly to: '/' | '/requests' | '/providers' | '/keys'
  readonly name: string
  readonly icon: IconName
  /** Behind `g`. */
  readonly key: string
}

export const PLACES: readonly { readonly group: string; readonly places: readonly Place[] }[] = [
  {
    group: 'Observe',
    places: [
      { to: '/', name: 'Overview', icon: 'overview', key: 'o' },
      { to: '/requests', name: 'Requests', icon: 'requests', key: 'r' },
    ],
  },
  { group: 'Operate', places: [{ to: '/providers', name: 'Providers', icon: 'providers', key: 'p' }] },
  { group: 'Govern', places: [{ to: '/keys', name: 'Keys', icon: 'keys', key: 'k' }] },
]

export const ALL_PLACES: readonly Place[] = PLACES.flatMap(({ places }) => places)
