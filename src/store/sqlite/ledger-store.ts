import type { Database } from 'bun:sqlite'
import type { NanoUsd } from '../../kit/money.ts'
import type { LedgerRow, LedgerStore, Page, PageQuery, UsageGroup, UsageQuery } from '../store.ts'
import { toLedgerRow } from './ledger-row.ts'
import { readCursor, toPage } from './page-cursor.ts'
import type { RowWriter } from './row-writer.ts'
import { bigintAt, clampLimit, numberAt, textAt, type SqlRow } from './sql-values.ts'

/** The expression that names a group; a row without a project belongs to the empty name. */
const GROUP_NAMES: Readonly<Record<UsageQuery['groupBy'], string>> = {
  model: 'model',
  target: 'target',
  key: 'key_id',
  project: "coalesce(project, '')",
  route: 'route',
  day: "strftime('%Y-%m-%d', at_ms / 1000, 'unixepoch')",
}

const USED =
  'input_tokens + cache_read_tokens + cache_write_tokens + cache_write_long_tokens + output_tokens + reasoning_tokens'

const DEAREST_FIRST =
  'total(cost_nano_usd) filter (where simulated = 0) desc, total(cost_nano_usd) filter (where simulated = 1) desc, name'

const NANO_PER_USD = 1_000_000_000n

/**
 * Sums an amount as whole dollars and the rest, in two columns that `amountAt` puts together: SQLite refuses a sum of integers beyond
 * 64 bits, and two rows with an absurd amount must not take every other sum with them. Tokens are summed by `total`, which never refuses.
 */
function sumOf(name: string, condition = ''): string {
  const filter = condition === '' ? '' : ` filter (where ${condition})`
  return `coalesce(sum(cost_nano_usd / ${NANO_PER_USD})${filter}, 0) as ${name}_usd,
    coalesce(sum(cost_nano_usd % ${NANO_PER_USD})${filter}, 0) as ${name}_nano`
}

function amountAt(row: SqlRow, name: string): NanoUsd {
  return bigintAt(row, `${name}_usd`) * NANO_PER_USD + bigintAt(row, `${name}_nano`)
}

/** Creates the ledger's tables' reader on a connection; rows go through the writer. */
export function createLedgerStore(database: Database, writer: RowWriter): LedgerStore {
  return {
    append: (rows) => writer.write('ledger', rows),
    async spentSince({ scope, id }, fromMs) {
      const column = scope === 'key' ? 'key_id' : 'project'
      const spent = database
        .query<SqlRow, [string, number]>(
          `select ${sumOf('spent')} from ledger where ${column} = ? and at_ms >= ?`,
        )
        .get(id, fromMs)
      return spent === null ? 0n : amountAt(spent, 'spent')
    },
    list: async (query) => listRows(database, query),
    usage: async (query) => readUsage(database, query),
  }
}

function listRows(database: Database, query: PageQuery & { readonly requestId?: string }): Page<LedgerRow> {
  const { atMs, sequence } = readCursor(query.after)
  const limit = clampLimit(query.limit)
  const condition = query.requestId === undefined ? '' : 'request_id = $requestId and'
  const rows = database
    .query<SqlRow, Record<string, string | number>>(
      `select * from ledger where ${condition} (at_ms, sequence) < ($atMs, $sequence)
       order by at_ms desc, sequence desc limit $most`,
    )
    .all({
      atMs,
      sequence,
      most: limit + 1,
      ...(query.requestId === undefined ? {} : { requestId: query.requestId }),
    })
  return toPage(rows, limit, { timeColumn: 'at_ms', decode: toLedgerRow })
}

/** Days come oldest first (the latest `limit` of them), other groups dearest first. */
function readUsage(database: Database, { fromMs, toMs, groupBy, limit }: UsageQuery): UsageGroup[] {
  const byDay = groupBy === 'day'
  const groups = database
    .query<SqlRow, Record<string, number>>(
      `select ${GROUP_NAMES[groupBy]} as name, count(*) as attempts,
         total(input_tokens + cache_read_tokens + cache_write_tokens + cache_write_long_tokens) as input_tokens,
         total(output_tokens + reasoning_tokens) as output_tokens,
         ${sumOf('real', 'simulated = 0')},
         ${sumOf('simulated', 'simulated = 1')},
         count(*) filter (where cost_nano_usd is null and ${USED} > 0) as unpriced
       from ledger where at_ms >= $fromMs and at_ms < $toMs
       group by 1 order by ${byDay ? 'name desc' : DEAREST_FIRST} limit $limit`,
    )
    .all({ fromMs, toMs, limit: clampLimit(limit) })
    .map(toGroup)
  return byDay ? groups.reverse() : groups
}

function toGroup(row: SqlRow): UsageGroup {
  return {
    name: textAt(row, 'name'),
    attempts: numberAt(row, 'attempts'),
    inputTokens: numberAt(row, 'input_tokens'),
    outputTokens: numberAt(row, 'output_tokens'),
    costNanoUsd: amountAt(row, 'real'),
    simulatedNanoUsd: amountAt(row, 'simulated'),
    unpriced: numberAt(row, 'unpriced'),
  }
}
