import { Failure } from '../exchange/failure.ts'
import { isHost, readTarget } from '../kit/request-target.ts'

const SLASHES = /\/{2,}/g

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

/** Single slashes, none at the end. */
export function cleanPath(path: string): string {
  const short = path.slice(0, 512)
  const single = short.includes('//') ? short.replaceAll(SLASHES, '/') : short
  return single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single
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
