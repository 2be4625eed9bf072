/** A limited number of places per account, each let for a time. */
export interface Places {
  /** Index of the full account, or undefined when a place was taken at each. */
  enter(
    id: string,
    wanted: readonly { readonly account: string; readonly limit: number }[],
    until: { readonly untilMs: number; readonly nowMs: number },
  ): number | undefined
  leave(id: string): void
  /** Leases held. */
  readonly size: number
}

interface Lease {
  readonly untilMs: number
  readonly accounts: readonly string[]
}

/**
 * Creates places as leases: one that its holder never leaves is free again after `untilMs`. Leases that have run out are
 * looked for only where they stand in the way.
 *
 * @param capacity leases held at once; beyond it those that have run out are swept, and the newcomer is let in without a lease rather than refused
 */
export function createPlaces(capacity: number): Places {
  const leases = new Map<string, Lease>()
  const holders = new Map<string, Set<string>>()

  const leave = (id: string): void => {
    const lease = leases.get(id)
    if (lease === undefined) return
    leases.delete(id)
    for (const account of lease.accounts) {
      const ids = holders.get(account)
      ids?.delete(id)
      if (ids?.size === 0) holders.delete(account)
    }
  }

  const dropEnded = (ids: Iterable<string>, nowMs: number): void => {
    for (const id of ids) {
      const lease = leases.get(id)
      if (lease !== undefined && lease.untilMs <= nowMs) leave(id)
    }
  }

  const isFull = (account: string, limit: number, nowMs: number): boolean => {
    const ids = holders.get(account)
    if ((ids?.size ?? 0) < limit) return false
    if (ids !== undefined) dropEnded([...ids], nowMs)
    return (holders.get(account)?.size ?? 0) >= limit
  }

  return {
    enter(id, wanted, { untilMs, nowMs }) {
      if (leases.has(id)) return undefined
      const full = wanted.findIndex(({ account, limit }) => isFull(account, limit, nowMs))
      if (full >= 0) return full
      if (leases.size >= capacity) dropEnded([...leases.keys()], nowMs)
      if (leases.size >= capacity) return undefined
      leases.set(id, { untilMs, accounts: wanted.map((place) => place.account) })
      for (const { account } of wanted) {
        const ids = holders.get(account)
        if (ids === undefined) holders.set(account, new Set([id]))
        else ids.add(id)
      }
      return undefined
    },
    leave,
    get size() {
      return leases.size
    },
  }
}
