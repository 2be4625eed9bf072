import type { UsageBasis } from '../../exchange/attempt-result.ts'
import type { Counts } from '../../exchange/units.ts'
import type { BillEntry } from '../bill.ts'
import type { Books } from './report.ts'

/** What the ledger says of an attempt. */
export interface BookedAttempt {
  readonly id: string
  readonly usage: Counts
  /** Where the usage comes from: a `UsageBasis`. */
  readonly basis: string
  readonly costNanoUsd?: bigint
}

const MOST_TOLD = 5
/** What is estimated need not be what is billed. */
const REPORTED: UsageBasis = 'reported'

/**
 * Holds the ledger against the bills of the providers: nothing that was billed is missing, what a provider could tell of its usage is in
 * it to the token, and what never reached a provider costs nothing.
 */
export function compareBooks(ledger: readonly BookedAttempt[], bill: readonly BillEntry[]): Books {
  const rows = new Map(ledger.map((row) => [row.id, row]))
  const broken = new Set<string>()
  for (const [id, entries] of byAttempt(bill)) {
    const row = rows.get(id)
    if (row === undefined) broken.add(`${id} was billed and is not in the ledger`)
    else if (row.basis === REPORTED) {
      const difference = differenceOf(row, entries)
      if (difference !== undefined) broken.add(difference)
    }
  }
  const reached = new Set(bill.map(({ attemptId }) => attemptId))
  for (const { id, costNanoUsd = 0n } of ledger)
    if (costNanoUsd > 0n && !reached.has(id)) broken.add(`${id} is charged and reached no provider`)
  if (rows.size < ledger.length) broken.add('an attempt stands in the ledger twice')
  return { attempts: ledger.length, billed: bill.length, broken: [...broken].slice(0, MOST_TOLD) }
}

function byAttempt(bill: readonly BillEntry[]): ReadonlyMap<string, readonly BillEntry[]> {
  const attempts = new Map<string, BillEntry[]>()
  for (const entry of bill) {
    const id = entry.attemptId ?? 'a call without an id'
    const entries = attempts.get(id) ?? []
    entries.push(entry)
    attempts.set(id, entries)
  }
  return attempts
}

function differenceOf({ id, usage }: BookedAttempt, entries: readonly BillEntry[]): string | undefined {
  for (const unit of ['inputTokens', 'outputTokens'] as const) {
    const billed = entries.reduce((total, entry) => total + (entry.usage?.[unit] ?? 0), 0)
    const booked = usage[unit] ?? 0
    if (billed !== booked) return `${id}: ${billed} ${unit} are billed, the ledger has ${booked}`
  }
  return undefined
}
