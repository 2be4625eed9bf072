import type { Clock } from './clock.ts'
import { answersConnection } from './connection-probe.ts'
import { defined } from './defined.ts'
import { LIMITS } from './limits.ts'
import { createLru } from './lru.ts'

/** The connections of one scope to one origin. */
export interface ConnectionPool {
  readonly session: Bun.FetchSession
  /** Did a call ever get an answer here? Only then can a connection have been kept for the next one. */
  answered: boolean
  /** When the origin last gave a sign of life, on the monotonic scale. */
  aliveMs: number
  /** Finds out whether anything answers at the origin's address; one probe serves all calls that wonder. */
  answers(limitMs: number): Promise<boolean>
}

/** Which pool is wanted. */
export interface PoolQuery {
  readonly scope: string
  /** Scheme, host and port, without a path. */
  readonly origin: string
  /** True: every connection is used once. */
  readonly fresh: boolean
  /** The name to verify where the origin is a bare address; such a pool goes around the proxy. */
  readonly serverName?: string
}

export interface ConnectionPools {
  get(query: PoolQuery): ConnectionPool
  /** Closes the idle connections of all pools. */
  close(): void
}

export interface ConnectionPoolsOptions {
  readonly clock: Clock
  readonly proxy: string | undefined
  readonly trustedCertificates: string | undefined
}

/**
 * Creates the pools of a client, one `Bun.FetchSession` each. Sessions never share a connection, but all of them together
 * keep at most 64 idle ones per kind (measured, Bun 1.4.5): bursts beyond that open new connections.
 */
export function createConnectionPools(options: ConnectionPoolsOptions): ConnectionPools {
  const { clock, proxy, trustedCertificates } = options
  const pools = createLru<string, ConnectionPool>(LIMITS.connectionPools, (pool) => pool.session.close())

  const open = ({ origin, fresh, serverName }: PoolQuery): ConnectionPool => {
    const proxied = serverName === undefined ? proxy : undefined
    return {
      session: new Bun.FetchSession({
        proxy: proxied ?? false,
        keepAlive: fresh ? false : { idleTimeout: LIMITS.idleConnectionMs / 1_000 },
        tls: {
          ...defined({ ca: trustedCertificates, serverName }),
        },
      }),
      answered: false,
      aliveMs: -Infinity,
      answers: proxied === undefined ? createProbe(origin, serverName, clock) : () => Promise.resolve(true),
    }
  }

  return {
    get(query) {
      const key = keyOf(query)
      const known = pools.get(key)
      if (known !== undefined) return known
      const pool = open(query)
      pools.set(key, pool)
      return pool
    },
    close() {
      for (const pool of pools.values()) pool.session.close()
      pools.clear()
    },
  }
}

/** Short for the usual query, because every call puts one together. */
function keyOf({ scope, origin, fresh, serverName }: PoolQuery): string {
  if (!fresh && serverName === undefined) return `${origin} ${scope}`
  return `${fresh ? 'fresh' : 'kept'} ${origin} ${serverName ?? ''} ${scope}`
}

/** A probe of one origin that never runs twice at once. An origin that cannot be read counts as answering: `fetch` will refuse it. */
function createProbe(
  origin: string,
  serverName: string | undefined,
  clock: Clock,
): (limitMs: number) => Promise<boolean> {
  let running: Promise<boolean> | undefined
  return (limitMs) => {
    if (running !== undefined) return running
    if (!URL.canParse(origin)) return Promise.resolve(true)
    const url = new URL(origin)
    const tls = url.protocol === 'https:'
    const fallbackPort = tls ? 443 : 80
    const address = {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? fallbackPort : Number(url.port),
      tls,
      ...defined({ serverName }),
    }
    running = answersConnection(address, limitMs, clock)
    void running.then(() => (running = undefined))
    return running
  }
}
