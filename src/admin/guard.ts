import { isLoopbackHost } from '../config/loopback.ts'
import { timingSafeEqualHex } from '../kit/hash.ts'
import type { Secret } from '../kit/secret.ts'
import { AdminProblem } from './problem.ts'

export interface GuardOptions {
  /** Address that the admin listener binds to. */
  readonly host: string
  readonly token?: Secret
}

/** Decides whether a request may be looked at. Throws AdminProblem. */
export type Guard = (request: Request, open: boolean) => void

/**
 * Creates the guard of the admin listener.
 *
 * On loopback the Host header must name this machine, or a web page could reach the listener through a name that it
 * points at 127.0.0.1 (DNS rebinding). Elsewhere a token is required.
 *
 * @throws RangeError when the address is not loopback and there is no token
 */
export function createGuard({ host, token }: GuardOptions): Guard {
  const onLoopback = isLoopbackHost(host)
  if (!onLoopback && token === undefined) {
    throw new RangeError(`the admin listener needs a token to bind to ${host}`)
  }
  return (request, open) => {
    if (onLoopback) requireOwnName(request, host)
    if (token !== undefined && !open) requireToken(request, token)
  }
}

function requireOwnName(request: Request, host: string): void {
  const header = request.headers.get('host') ?? new URL(request.url).host
  const name = header
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase()
  if (isLoopbackHost(name) || name === host.toLowerCase()) return
  throw new AdminProblem('host-refused', {
    detail: 'Use http://localhost or the address that the gateway printed.',
  })
}

/** Bearer for programs; Basic (any user, the token as password) so that a browser can open the status page. */
function requireToken(request: Request, token: Secret): void {
  const header = request.headers.get('authorization') ?? ''
  const [scheme = '', credentials = ''] = header.split(/ +/, 2)
  const mayBeBasic = request.method === 'GET' && scheme.toLowerCase() === 'basic'
  const presented = mayBeBasic ? basicPassword(credentials) : credentials
  const isKnownScheme = mayBeBasic || scheme.toLowerCase() === 'bearer'
  if (isKnownScheme && timingSafeEqualHex(presented, token.reveal())) return
  throw new AdminProblem('token-missing', {
    detail: 'Send the admin token as a bearer token.',
    headers: { 'www-authenticate': 'Bearer realm="gatehouse", Basic realm="gatehouse"' },
  })
}

function basicPassword(credentials: string): string {
  try {
    const text = atob(credentials)
    return text.slice(text.indexOf(':') + 1)
  } catch {
    return ''
  }
}
