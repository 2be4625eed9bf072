import { columnsOf, parseRow, type Column } from './columns.ts'
import { OWNER_COLUMNS } from './owner-columns.ts'
import { compileSpelling, type SpellRow } from './spell-row.ts'
import type { LedgerRow, LedgerText } from './store.ts'
import { USAGE_COLUMNS } from './usage-columns.ts'

/**
 * The columns of the ledger, in the order of a `LedgerText`. The id is the first, in every version. A new one also needs its
 * step in the migrations of every store; rows and journals of before read as if they said nothing in it.
 */
export const LEDGER_COLUMNS: readonly Column[] = columnsOf<LedgerRow>({
  id: 'text',
  requestId: 'name',
  ordinal: 'integer',
  atMs: 'integer',
  owners: OWNER_COLUMNS,
  route: 'name',
  target: 'name',
  provider: 'name',
  model: 'name',
  outcome: 'name',
  status: 'integer?',
  durationMs: 'real',
  usage: USAGE_COLUMNS,
  basis: 'text',
  costNanoUsd: 'amount?',
  chargedNanoUsd: 'amount?',
  anomalies: 'text?',
  servedTiers: 'name?',
  priceId: 'name?',
  simulated: 'flag',
  purpose: 'text?',
  parentId: 'text?',
  begunFor: 'text?',
  rung: 'integer?',
})

/** Spells a row of the ledger. */
export const toLedgerText: SpellRow<LedgerRow> = compileSpelling(LEDGER_COLUMNS)

/** The id of the attempt in a text, or undefined when it is none. */
export function attemptIdIn(text: LedgerText): string | undefined {
  const id = parseRow(text)?.[0]
  return typeof id === 'string' ? id : undefined
}
