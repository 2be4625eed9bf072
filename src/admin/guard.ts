import { isLoopbackHost } from '../config/loopback.ts'
import type { Clock } from '../kit/clock.ts'
import { foreignPage } from '../kit/foreign-page.ts'
import type { Peer } from '../kit/http-server.ts'
import { isHost } from '../kit/request-target.ts'
import type { Secret } from '../kit/secret.ts'
import { AdminProblem } from './problem.ts'
import { createTokenCheck } from './token-check.ts'

export interface GuardOptions {
  /** Address that the admin listener binds to. */
  readonly host: string
  readonly token: Secret
  readonly clock: Clock
}

/** Decides whether a request may be looked at. Rejects with AdminProblem. */
export type Guard = (request: Request, peer: Peer, open: boolean) => Promise<void>

/**
 * Creates the guard of the admin listener.
 *
 * On loopback the Host header must name this machine, or a web page could reach the listener through a name that it
 * points at 127.0.0.1 (DNS rebinding). Pages of other origins are refused everywhere. Everything but the probes needs the token,
 * on loopback too.
 */
export function createGuard({ host, token, clock }: GuardOptions): Guard {
  const onLoopback = isLoopbackHost(host)
  const checkToken = createTokenCheck(token, clock)
  return async (request, peer, open) => {
    refuseForeignPages(request)
    if (onLoopback) requireOwnName(request, host)
    if (!open) await checkToken(request, peer)
  }
}

/** No page of another origin has any business here; that somebody follows a link to a page of ours is no request of that page. */
function refuseForeignPages({ method, headers }: Request): void {
  if (foreignPage(headers) === undefined) return
  if (method === 'GET' && headers.get('sec-fetch-mode') === 'navigate') return
  throw new AdminProblem('origin-refused')
}

function requireOwnName(request: Request, host: string): void {
  const header = request.headers.get('host') ?? (URL.canParse(request.url) ? new URL(request.url).host : '')
  const name = header
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase()
  if (isHost(header) && (isLoopbackHost(name) || name === host.toLowerCase())) return
  throw new AdminProblem('host-refused', {
    detail: 'Use http://localhost or the address that the gateway printed.',
  })
}
