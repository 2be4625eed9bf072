import type { Usage } from '../exchange/usage.ts'
import { LIMITS } from '../kit/limits.ts'

/**
 * What became of a request: `open` while it is answered, `completed` when the last byte was handed over, `aborted` when the other
 * side left, `failed` when a fault broke it, `refused` when it was answered with an error.
 */
export type BillOutcome = 'open' | 'completed' | 'aborted' | 'failed' | 'refused'

/** One request that really reached the provider. */
export interface BillEntry {
  /** From 1, in order of arrival. */
  readonly ordinal: number
  /** The gateway's id of the attempt (`x-gatehouse-attempt`), when it sent one. */
  readonly attemptId?: string
  /** The provider's own id, as in its response header. */
  readonly requestId: string
  readonly dialect: string
  readonly operation: string
  /** The model as it was asked for; empty until the body was read. */
  readonly model: string
  readonly stream: boolean
  readonly outcome: BillOutcome
  /** HTTP status of the answer; absent while there is none. */
  readonly status?: number
  /** What is charged: all of it when completed, what was delivered when not. Absent: nothing. */
  readonly usage?: Usage
  /** Wall time, milliseconds. */
  readonly receivedAtMs: number
  /** When the end, or the absence of the other side, was noticed. */
  readonly endedAtMs?: number
}

/** What was found out about a request since it arrived. */
export type BillUpdate = Partial<Omit<BillEntry, 'ordinal' | 'requestId' | 'receivedAtMs'>>

/** The provider's own record of what it was asked and what it charges: the truth that a ledger is compared with. */
export interface Bill {
  /** Oldest first; at most `LIMITS.simulatedBillEntries`. */
  entries(): readonly BillEntry[]
  /** All entries of an attempt; more than one means that it was sent more than once. */
  ofAttempt(attemptId: string): readonly BillEntry[]
  /** Resolves with the entry as soon as it is over (or forgotten). Rejects when it is not on the bill. */
  settled(ordinal: number): Promise<BillEntry>
  /** Entries that had to be forgotten because of the bound. */
  readonly forgotten: number
}

/** The side of the bill that only the provider has. */
export interface OpenBill extends Bill {
  add(entry: BillEntry): void
  /** Adds facts to an entry; an entry that is over is never changed again. */
  update(ordinal: number, facts: BillUpdate): void
}

/**
 * Creates a bill.
 *
 * @param append receives one line of JSON, with its line break, for each arrival and each end; the last line of an entry counts
 */
export function createBill(append?: (line: string) => void): OpenBill {
  const byOrdinal = new Map<number, BillEntry>()
  const waiting = new Map<number, ((entry: BillEntry) => void)[]>()
  let forgotten = 0
  const write = (entry: BillEntry): void => append?.(`${JSON.stringify(entry)}\n`)
  const release = (entry: BillEntry): void => {
    for (const resolve of waiting.get(entry.ordinal) ?? []) resolve(entry)
    waiting.delete(entry.ordinal)
  }
  const forgetOldest = (): void => {
    const oldest = byOrdinal.keys().next()
    if (oldest.done) return
    const entry = byOrdinal.get(oldest.value)
    byOrdinal.delete(oldest.value)
    forgotten += 1
    if (entry !== undefined) release(entry)
  }
  return {
    entries: () => [...byOrdinal.values()],
    ofAttempt: (attemptId) => [...byOrdinal.values()].filter((entry) => entry.attemptId === attemptId),
    settled(ordinal) {
      const entry = byOrdinal.get(ordinal)
      if (entry === undefined) return Promise.reject(new RangeError(`no entry ${ordinal} on the bill`))
      if (entry.outcome !== 'open') return Promise.resolve(entry)
      return new Promise((resolve) => {
        waiting.set(ordinal, [...(waiting.get(ordinal) ?? []), resolve])
      })
    },
    add(entry) {
      byOrdinal.set(entry.ordinal, entry)
      if (byOrdinal.size > LIMITS.simulatedBillEntries) forgetOldest()
      write(entry)
    },
    update(ordinal, facts) {
      const entry = byOrdinal.get(ordinal)
      if (entry === undefined || entry.outcome !== 'open') return
      const updated = { ...entry, ...facts }
      byOrdinal.set(ordinal, updated)
      if (updated.outcome === 'open') return
      write(updated)
      release(updated)
    },
    get forgotten() {
      return forgotten
    },
  }
}
