import { readText, type Unread } from '../../words/reading.ts'

/** Whose outage the page looks at, as the address says it. */
export function readProvider(search: Unread): { readonly provider?: string } {
  const provider = readText(search, 'provider')
  return provider === undefined ? {} : { provider }
}
