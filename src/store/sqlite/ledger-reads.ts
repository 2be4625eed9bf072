import type { Database } from 'bun:sqlite'
import type { Owner } from '../../exchange/owner.ts'
import { NO_COUNTS, UNIT_NAMES, type Counts } from '../../exchange/units.ts'
import { defined } from '../../kit/defined.ts'
import type { Mutable } from '../../kit/mutable.ts'
import type { NanoUsd } from '../../kit/money.ts'
import { underscored } from '../../kit/underscored.ts'
import type { LedgerRow, Page } from '../store.ts'
import type { UsageGroup, UsageGrouping, UsageQuery } from '../usage-report.ts'
import { GROUP_NAMES } from './group-names.ts'
import { toLedgerRow } from './ledger-row.ts'
import { toPage, type Position } from './page-cursor.ts'
import { clampLimit, numberAt, textAt, type SqlRow } from './sql-values.ts'
import { amountAt, largestFirst, sumOf } from './sum-of-amounts.ts'
import { spansOf, UNIT_SUMS, USAGE_PARTS, usagePartsOf } from './usage-hours.ts'

/** The expression that names a group. */
const USAGE_NAMES: Readonly<Record<UsageGrouping, string>> = { ...GROUP_NAMES, model: 'model' }

/** What budgets of an owner were charged since a moment. Windows of budgets begin with an hour, so its sums are all that is read. */
export function readSpent(database: Database, { scope, id }: Owner, fromMs: number): NanoUsd {
  const spans = spansOf(fromMs, Number.MAX_SAFE_INTEGER, 0)
  const spent = database
    .query<SqlRow, Record<string, string | number>>(
      `select ${sumOf('spent', 'charged')} from ${usagePartsOf(scope)}`,
    )
    .get({ ...spans, id })
  return spent === null ? 0n : amountAt(spent, 'spent')
}

/** A page of rows, newest first; of one request, or of all. */
export function readLedgerPage(
  database: Database,
  {
    position,
    limit,
    requestId,
  }: { readonly position: Position; readonly limit: number; readonly requestId?: string | undefined },
): Page<LedgerRow> {
  const most = clampLimit(limit)
  const condition = requestId === undefined ? '' : 'request_id = $requestId and'
  const rows = database
    .query<SqlRow, Record<string, string | number>>(
      `select * from ledger where ${condition} (at_ms, sequence) < ($atMs, $sequence)
       order by at_ms desc, sequence desc limit $most`,
    )
    .all({ ...position, most: most + 1, ...defined({ requestId }) })
  return toPage(rows, most, { timeColumn: 'at_ms', decode: toLedgerRow })
}

/** Sums by group. Days come oldest first (the latest `limit` of them), other groups dearest first. */
export function readUsage(database: Database, query: UsageQuery): UsageGroup[] {
  // In one transaction, or a row that comes between its two questions would count in an hour that was whole without it.
  return database.transaction(() => sumGroups(database, query))()
}

function sumGroups(database: Database, { fromMs, toMs, groupBy, limit }: UsageQuery): UsageGroup[] {
  const spans = spansOf(fromMs, toMs, newestMs(database))
  const byDay = groupBy === 'day'
  const order = byDay ? 'name desc' : `${largestFirst('real')}, ${largestFirst('simulated')}, name`
  const groups = database
    .query<SqlRow, Record<string, number>>(
      `select * from (select ${USAGE_NAMES[groupBy]} as name, total(attempts) as attempts,
         ${UNIT_SUMS.map((unit) => `total(${unit}) as ${unit}`).join(', ')},
         ${sumOf('real', 'cost', 'simulated = 0')},
         ${sumOf('charged', 'charged', 'simulated = 0')},
         ${sumOf('simulated', 'cost', 'simulated = 1')},
         total(unpriced) as unpriced, total(estimated) as estimated, total(anomalous) as anomalous
       from ${USAGE_PARTS} group by 1)
       order by ${order} limit $limit`,
    )
    .all({ ...spans, limit: clampLimit(limit) })
    .map(toGroup)
  return byDay ? groups.reverse() : groups
}

function newestMs(database: Database): number {
  const row = database.query<SqlRow, []>('select max(at_ms) as newest from ledger').get()
  return row === null ? 0 : numberAt(row, 'newest')
}

function toCounts(row: SqlRow): Counts {
  const counts: Mutable<Counts> = { ...NO_COUNTS }
  for (const unit of UNIT_NAMES) {
    const count = numberAt(row, underscored(unit))
    if (count !== 0) counts[unit] = count
  }
  return counts
}

function toGroup(row: SqlRow): UsageGroup {
  return {
    name: textAt(row, 'name'),
    attempts: numberAt(row, 'attempts'),
    usage: toCounts(row),
    costNanoUsd: amountAt(row, 'real'),
    chargedNanoUsd: amountAt(row, 'charged'),
    simulatedNanoUsd: amountAt(row, 'simulated'),
    unpriced: numberAt(row, 'unpriced'),
    estimated: numberAt(row, 'estimated'),
    anomalous: numberAt(row, 'anomalous'),
  }
}
