import { Failure } from '../exchange/failure.ts'
import { isHost, readTarget } from '../kit/request-target.ts'
import { cleanPath } from './endpoints.ts'

/** Where a request is going. */
export interface Address {
  /** Clean: single slashes, none at the end. */
  readonly path: string
  readonly query?: URLSearchParams
}

/** Reads the URL of a web request. */
export function readAddress(url: string): Address {
  const target = readTarget(url)
  const path = cleanPath(target.path)
  if (target.search !== undefined) return { path, query: new URLSearchParams(target.search) }
  return path === target.path ? target : { path }
}

/**
 * Refuses a request whose Host header is none: whoever stands in front of the gateway may have read something else in it.
 * Throws `Failure('invalid-request')`.
 */
export function checkHost(headers: Headers): void {
  const host = headers.get('host')
  if (host === null || isHost(host)) return
  throw new Failure('invalid-request', { message: 'The Host header is repeated or does not name a host.' })
}
