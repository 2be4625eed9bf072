/** A limited number of slots per account, each let for a time. */
export interface Slots {
  /** Index of the full account, or undefined when a slot was taken at each. */
  enter(
    id: string,
    wanted: readonly { readonly account: string; readonly limit: number }[],
    until: { readonly untilMs: number; readonly nowMs: number },
  ): number | undefined
  leave(id: string): void
  /** Leases held. */
  readonly size: number
}

/** Who sits at one account. */
interface Table {
  readonly account: string
  taken: number
  /** No lease at this table has run out before this time. */
  soonestMs: number
}

interface Lease {
  readonly untilMs: number
  readonly tables: readonly Table[]
}

/**
 * Creates slots as leases: one that its holder never leaves is free again after `untilMs`. Leases that have run out are
 * looked for only where they stand in the way.
 *
 * @param capacity leases held at once; beyond it those that have run out are swept, and the newcomer is let in without a lease rather than refused
 */
export function createSlots(capacity: number): Slots {
  const leases = new Map<string, Lease>()
  const tables = new Map<string, Table>()

  const leave = (id: string): void => {
    const lease = leases.get(id)
    if (lease === undefined) return
    leases.delete(id)
    for (const table of lease.tables) {
      table.taken -= 1
      if (table.taken === 0) tables.delete(table.account)
    }
  }

  /** Ends the leases that have run out, and learns when the next one does. */
  const sweep = (nowMs: number): void => {
    for (const table of tables.values()) table.soonestMs = Number.POSITIVE_INFINITY
    for (const [id, { untilMs, tables: taken }] of leases) {
      if (untilMs <= nowMs) leave(id)
      else for (const table of taken) table.soonestMs = Math.min(table.soonestMs, untilMs)
    }
  }

  const isFull = (account: string, limit: number, nowMs: number): boolean => {
    const table = tables.get(account)
    if ((table?.taken ?? 0) < limit) return false
    if (table !== undefined && table.soonestMs <= nowMs) sweep(nowMs)
    return (tables.get(account)?.taken ?? 0) >= limit
  }

  const tableOf = (account: string): Table => {
    let table = tables.get(account)
    if (table === undefined) {
      table = { account, taken: 0, soonestMs: Number.POSITIVE_INFINITY }
      tables.set(account, table)
    }
    return table
  }

  return {
    enter(id, wanted, { untilMs, nowMs }) {
      if (leases.has(id)) return undefined
      let position = 0
      for (const { account, limit } of wanted) {
        if (isFull(account, limit, nowMs)) return position
        position += 1
      }
      if (leases.size >= capacity) sweep(nowMs)
      if (leases.size >= capacity) return undefined
      const taken: Table[] = []
      for (const { account } of wanted) {
        const table = tableOf(account)
        table.taken += 1
        table.soonestMs = Math.min(table.soonestMs, untilMs)
        taken.push(table)
      }
      leases.set(id, { untilMs, tables: taken })
      return undefined
    },
    leave,
    get size() {
      return leases.size
    },
  }
}
