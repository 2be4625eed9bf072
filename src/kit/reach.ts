import type { ConnectionPool, ConnectionPools } from './connection-pools.ts'
import { createEgressGuard, type PublicEgress } from './egress.ts'

/** Where a request really goes. */
export interface Reach {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly pool: ConnectionPool
}

/** The parts of a request that decide where it goes. */
export interface ReachQuery {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly freshConnection: boolean
  readonly pool: string
  readonly egress: 'any' | 'public-only'
}

/** Finds the way of a request; a promise only where a name must be resolved and checked first, undefined where it may not go. */
export type FindReach = (query: ReachQuery) => Reach | Promise<Reach | undefined>

/**
 * Creates the finder. A guarded request goes to the address that was checked, with the name in `Host` and in the TLS
 * handshake, as Bun's documentation describes under "Connecting to a specific address".
 */
export function createReach(pools: ConnectionPools, publicEgress?: PublicEgress): FindReach {
  const guard = createEgressGuard(publicEgress)

  const findPublic = async (query: ReachQuery): Promise<Reach | undefined> => {
    const destination = await guard.check(query.url)
    if (destination === undefined) return undefined
    const { url, address } = destination
    const host = address.includes(':') ? `[${address}]` : address
    const origin = `https://${host}:${url.port === '' ? '443' : url.port}`
    return {
      url: `${origin}${url.pathname}${url.search}`,
      headers: { ...query.headers, host: url.host },
      pool: pools.get({ scope: query.pool, origin, fresh: query.freshConnection, serverName: url.hostname }),
    }
  }

  return (query) =>
    query.egress === 'public-only'
      ? findPublic(query)
      : {
          url: query.url,
          headers: query.headers,
          pool: pools.get({ scope: query.pool, origin: originOf(query.url), fresh: query.freshConnection }),
        }
}

/** Scheme, host and port of a URL, by its slashes: parsing costs more than the rest of the look-up. */
function originOf(url: string): string {
  const end = url.indexOf('/', url.indexOf('//') + 2)
  return end < 0 ? url : url.slice(0, end)
}
