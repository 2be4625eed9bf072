import { readText, type Unread } from '../../words/reading.ts'

/** What the list is narrowed to, as the address says it: one truth for chips, keys and the admin API. */
export interface RequestFilters {
  readonly outcome?: string
  readonly key?: string
  readonly project?: string
  readonly customer?: string
  readonly user?: string
  /** The request that is looked at beside the list. */
  readonly peek?: string
}

/** Those that the admin API knows under the same name. */
export const FILTERS = ['outcome', 'key', 'project', 'customer', 'user'] as const

/** What an address says; what is none of it is left out. */
export function readFilters(search: Unread): RequestFilters {
  const known = [...FILTERS, 'peek'].map((name) => [name, readText(search, name)] as const)
  return Object.fromEntries(known.filter(([, value]) => value !== undefined && value !== ''))
}

/** The path of a page of the list in the admin API. */
export function listPath(
  filters: RequestFilters,
  page: { readonly limit: number; readonly after?: string },
): string {
  const query = new URLSearchParams({ limit: String(page.limit) })
  for (const name of FILTERS) if (filters[name] !== undefined) query.set(name, filters[name])
  if (page.after !== undefined) query.set('after', page.after)
  return `/api/v1/requests?${query}`
}
