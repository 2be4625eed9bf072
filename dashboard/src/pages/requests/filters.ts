import { readText, type Unread } from '../../words/reading.ts'

/** What the list shows, as the address says it: the query of docs/query.md, and the request that is looked at beside it. */
export interface RequestFilters {
  readonly q?: string
  readonly peek?: string
}

/** What an address says; what is none of it is left out. */
export function readFilters(search: Unread): RequestFilters {
  const known = ['q', 'peek'].map((name) => [name, readText(search, name)] as const)
  return Object.fromEntries(known.filter(([, value]) => value !== undefined && value !== ''))
}

/** The path of a page of the list in the admin API. */
export function listPath(
  q: string | undefined,
  page: { readonly limit: number; readonly after?: string; readonly time?: string },
): string {
  const query = new URLSearchParams(page.time)
  query.set('limit', String(page.limit))
  if (q !== undefined) query.set('q', q)
  if (page.after !== undefined) query.set('after', page.after)
  return `/api/v1/requests?${query}`
}

/** A term of the query language; quoted where the value would be read otherwise. */
export function termOf(field: string, value: string): string {
  return /^[\w./:-]+$/.test(value)
    ? `${field}:${value}`
    : `${field}:"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

/**
 * A term for names with anything in them where `*` stands. What would have to be quoted is left out, since nothing stands for anything between
 * quotes: the empty text, which asks for all.
 */
export function likeTerm(field: string, pattern: string): string {
  return /^[\w./:*-]+$/.test(pattern) ? `${field}:${pattern}` : ''
}
