import { cleanPath } from './doors.ts'

/** Where a request is going. */
export interface Address {
  /** Clean: single slashes, none at the end. */
  readonly path: string
  readonly query?: URLSearchParams
}

/** Reads the URL of a web request. It is normalised already (https://fetch.spec.whatwg.org/#request-url), so it is cut and not parsed again. */
export function readAddress(url: string): Address {
  const pathAt = url.indexOf('/', url.indexOf('://') + 3)
  const queryAt = url.indexOf('?', pathAt)
  const fragmentAt = url.indexOf('#', pathAt)
  const end = fragmentAt === -1 ? url.length : fragmentAt
  if (queryAt === -1 || queryAt > end) return { path: cleanPath(url.slice(pathAt, end)) }
  return {
    path: cleanPath(url.slice(pathAt, queryAt)),
    query: new URLSearchParams(url.slice(queryAt, end)),
  }
}
