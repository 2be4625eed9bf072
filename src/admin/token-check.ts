import type { Clock } from '../kit/clock.ts'
import { timingSafeEqualHex } from '../kit/hash.ts'
import type { Peer } from '../kit/http-server.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Secret } from '../kit/secret.ts'
import { AdminProblem } from './problem.ts'

/** How long a wrong token waits for its answer. Whoever mistyped does not notice; whoever guesses does. */
const WRONG_TOKEN_MS = 1_000

/** Rejects with AdminProblem `token-missing` or `too-many-guesses`; says nothing when the token is right. */
export type TokenCheck = (request: Request, peer: Peer) => Promise<void>

/**
 * Creates the check of the admin token: Bearer for programs (RFC 6750), Basic with any user and the token as password (RFC 7617)
 * so that a browser can open the pages, and only open them.
 *
 * A right token is answered at once. A wrong one waits, and only so many wait at a time, from one address and in all: beyond that
 * nothing is compared, so that guesses cannot be made faster by making many of them. Who guesses keeps only those out who come
 * from the same address.
 */
export function createTokenCheck(token: Secret, clock: Clock): TokenCheck {
  /** Wrong tokens that wait, by the address that they came from. */
  const waiting = new Map<string, number>()
  let allWaiting = 0
  return async (request, peer) => {
    const presented = presentedToken(request)
    if (presented === undefined) throw tokenMissing('Send the admin token as a bearer token.')
    const { address } = peer
    const ofAddress = waiting.get(address) ?? 0
    if (ofAddress >= LIMITS.adminTokenGuesses || allWaiting >= LIMITS.allAdminTokenGuesses) {
      throw new AdminProblem('too-many-guesses', { headers: { 'retry-after': '1' } })
    }
    if (timingSafeEqualHex(presented, token.reveal())) return
    waiting.set(address, ofAddress + 1)
    allWaiting += 1
    await new Promise<void>((resolve) => clock.after(WRONG_TOKEN_MS, resolve))
    allWaiting -= 1
    const left = (waiting.get(address) ?? 1) - 1
    if (left === 0) waiting.delete(address)
    else waiting.set(address, left)
    throw tokenMissing('The token is not the one of this gateway.')
  }
}

function tokenMissing(detail: string): AdminProblem {
  return new AdminProblem('token-missing', {
    detail: `${detail} It is server.admin_token of the configuration or, without one, in the file admin.token of the data directory.`,
    headers: { 'www-authenticate': 'Bearer realm="gatehouse", Basic realm="gatehouse"' },
  })
}

/** A browser sends what it was given once by itself, also on behalf of other pages: what changes something needs a bearer token. */
function presentedToken({ headers, method }: Request): string | undefined {
  const [scheme = '', credentials = ''] = (headers.get('authorization') ?? '').split(/ +/, 2)
  const kind = scheme.toLowerCase()
  if (kind === 'bearer') return credentials
  return kind === 'basic' && method === 'GET' ? basicPassword(credentials) : undefined
}

function basicPassword(credentials: string): string {
  try {
    const text = atob(credentials)
    return text.slice(text.indexOf(':') + 1)
  } catch {
    return ''
  }
}
