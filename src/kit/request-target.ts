/** A name or an IP address, and perhaps a port (https://www.rfc-editor.org/rfc/rfc9110#name-host-and-authority). */
const HOST = /^(?:[^\s,/\\@?#[\]:]*|\[[\da-fA-F:.]+(?:%\w+)?\])(?::\d{0,5})?$/

/** True for the value of a Host header that is one. Repeated headers arrive joined by a comma, and are none. */
export function isHost(value: string): boolean {
  return HOST.test(value)
}

/** What a request asks for, without the host. */
export interface RequestTarget {
  readonly path: string
  /** With its question mark; absent when there is none. */
  readonly search?: string
}

/**
 * Cuts the URL of a web request. It is normalised already (https://fetch.spec.whatwg.org/#request-url), so it is not parsed
 * again; and where the client named no host, or an odd one, it is no URL that could be: it is a path, or one behind anything.
 */
export function readTarget(url: string): RequestTarget {
  const authorityAt = url.startsWith('/') ? -1 : url.indexOf('://')
  const pathAt = authorityAt === -1 ? 0 : url.indexOf('/', authorityAt + 3)
  const queryAt = url.indexOf('?', pathAt)
  const fragmentAt = url.indexOf('#', pathAt)
  const end = fragmentAt === -1 ? url.length : fragmentAt
  if (queryAt === -1 || queryAt > end) return { path: url.slice(pathAt, end) }
  return { path: url.slice(pathAt, queryAt), search: url.slice(queryAt, end) }
}
