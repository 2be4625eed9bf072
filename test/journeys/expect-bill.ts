import { expect } from 'bun:test'
import type { Bill, BillEntry } from '../../src/drills/bill.ts'
import { NO_USAGE } from '../../src/exchange/usage.ts'
import { billedTokens } from '../../src/exchange/units.ts'
import type { LedgerRow } from '../../src/store/store.ts'
import type { Records } from './open-house.ts'

/** Models of the file by provider and name. Prices are US dollars for a million tokens, and for a request. */
type Models = Readonly<
  Record<
    string,
    { readonly price?: { readonly input: number; readonly output: number; readonly request?: number } }
  >
>

export interface Billed {
  /** Closed, so that nothing is under way. */
  readonly records: Records
  readonly bill: Bill
  /** `models` of the file; what has no price there has to stay unpriced. */
  readonly models?: Models
  /** Providers of the file that have no bill, because a test plays them. */
  readonly unbilled?: readonly string[]
}

/** What stands on the bill, told apart by how well the house could know it. */
export interface Compared {
  /** Attempts whose usage was reported: they agree to the nano-USD. */
  readonly exact: number
  /** Attempts that were broken off: budgets were charged no less than the bill says. */
  readonly bounded: number
  /** What all exact attempts cost. */
  readonly costNanoUsd: bigint
}

const PICO_PER_USD_PER_MILLION = 1_000_000
const PICO_PER_USD = 1_000_000_000_000
const PICO_PER_NANO = 1_000n

/**
 * Holds a ledger against the bill of the simulated provider, by a reckoning of the test's own: every attempt that reached it stands in the
 * ledger once and was sent once; what it reported costs the same to the nano-USD; what was broken off was charged to budgets with no less than is on
 * the bill; nothing is paid that is not on the bill; and each request costs what its attempts do.
 */
export async function expectBill({ records, bill, models = {}, unbilled = [] }: Billed): Promise<Compared> {
  const entries = await Promise.all(bill.entries().map(({ ordinal }) => bill.settled(ordinal)))
  const { ledger } = records
  expect(bill.forgotten).toBe(0)
  const rows = new Map(ledger.map((row) => [row.id, row]))
  expect(rows.size).toBe(ledger.length)
  const ids = entries.map(({ attemptId }) => attemptId ?? 'without an id')
  expect(ids.filter((id) => !rows.has(id))).toEqual([])
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  const billed = new Set(ids)
  const paidElsewhere = ledger.filter(
    ({ id, provider, usage, costNanoUsd = 0n, chargedNanoUsd = 0n }) =>
      !billed.has(id) &&
      !unbilled.includes(provider) &&
      (costNanoUsd > 0n || chargedNanoUsd > 0n || tokensOf(usage) > 0),
  )
  expect(paidElsewhere).toEqual([])
  const compared = entries.map((entry) => compare(entry, rows.get(entry.attemptId ?? ''), models))
  expectSums(records)
  return {
    exact: compared.filter(({ isExact }) => isExact).length,
    bounded: compared.filter(({ isExact }) => !isExact).length,
    costNanoUsd: compared.reduce((sum, { isExact, costNanoUsd }) => sum + (isExact ? costNanoUsd : 0n), 0n),
  }
}

const tokensOf = (usage: LedgerRow['usage']): number =>
  billedTokens(usage, 'input') + billedTokens(usage, 'output')

/** One attempt as it is booked and as it is billed. */
function compare(entry: BillEntry, row: LedgerRow | undefined, models: Models) {
  if (row === undefined) throw new Error(`${entry.attemptId} is not in the ledger`)
  const costNanoUsd = billedCost(entry, row, models)
  const isExact = entry.outcome === 'refused' || row.basis === 'reported'
  const booked = {
    id: row.id,
    target: row.target,
    outcome: row.outcome,
    cost: row.costNanoUsd,
    tokens: tokensOf(row.usage),
  }
  const tokens = tokensOf(entry.usage ?? NO_USAGE)
  if (isExact) {
    const cost = entry.usage === undefined ? 0n : costNanoUsd
    expect(booked).toEqual({ ...booked, cost, tokens })
    expect(row.chargedNanoUsd ?? cost).toBe(cost)
  } else {
    // What ended well says what it used; whoever leaves does not get to hear it.
    expect([entry.outcome, row.target, row.outcome, row.basis]).not.toEqual([
      'completed',
      row.target,
      'ok',
      'none',
    ])
    const charged = row.chargedNanoUsd ?? row.costNanoUsd
    if (costNanoUsd !== undefined && (charged === undefined || charged < costNanoUsd))
      throw new Error(`${row.target} ${row.outcome} is charged ${charged}, billed ${costNanoUsd}`)
  }
  return { isExact, costNanoUsd: costNanoUsd ?? 0n }
}

/** What an entry costs by the prices of the file, rounded up once; undefined where they say nothing. */
function billedCost(
  { usage }: BillEntry,
  { provider, model }: LedgerRow,
  models: Models,
): bigint | undefined {
  if (usage === undefined) return 0n
  const price = models[`${provider}/${model}`]?.price
  if (price === undefined) return undefined
  const pico = (dollars: number, times: number): bigint => BigInt(Math.round(dollars * times))
  const sum =
    BigInt(billedTokens(usage, 'input')) * pico(price.input, PICO_PER_USD_PER_MILLION) +
    BigInt(billedTokens(usage, 'output')) * pico(price.output, PICO_PER_USD_PER_MILLION) +
    pico(price.request ?? 0, PICO_PER_USD)
  return (sum + PICO_PER_NANO - 1n) / PICO_PER_NANO
}

/** The line of each request says what its attempts cost together. */
function expectSums({ ledger, requests }: Records): void {
  for (const { id, costNanoUsd, outcome } of requests) {
    const own = ledger.filter(({ requestId }) => requestId === id)
    if (own.some((row) => row.costNanoUsd === undefined)) continue
    const sum = own.reduce((total, row) => total + (row.costNanoUsd ?? 0n), 0n)
    expect({ id, outcome, cost: costNanoUsd ?? 0n }).toEqual({ id, outcome, cost: sum })
  }
}
