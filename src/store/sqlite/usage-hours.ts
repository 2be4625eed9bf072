import type { Database } from 'bun:sqlite'
import { SCOPES } from '../../exchange/owner.ts'
import { UNIT_NAMES, type Unit } from '../../exchange/units.ts'
import { LIMITS } from '../../kit/limits.ts'
import { underscored } from '../../kit/underscored.ts'
import { OWNER_NAMES } from '../owner-columns.ts'
import { hasColumn, MORE_USAGE } from '../usage-columns.ts'
import { numberAt, type SqlRow } from './sql-values.ts'

const HOUR_MS = 3_600_000

/** A column of sums for each unit of usage. */
export const UNIT_SUMS: readonly string[] = UNIT_NAMES.map(underscored)

/** What the table `usage_hours` sums. */
const SUMS = [
  'attempts',
  ...UNIT_SUMS,
  'cost_usd',
  'cost_nano',
  'charged_usd',
  'charged_nano',
  'unpriced',
  'estimated',
  'anomalous',
]

/** The columns of owners; one who is not there is the empty name. */
const OWNERS = SCOPES.map((scope) => OWNER_NAMES[scope])

const NAMES = [...OWNERS, 'route', 'target', 'provider', 'model', 'simulated', 'purpose'].join(', ')

/** What budgets are charged for a row. */
const CHARGED = 'coalesce(charged_nano_usd, cost_nano_usd, 0)'

/** How much a row of the ledger says of a unit; null for nothing, which `total` passes over. */
function countIn(unit: Unit): string {
  const name = underscored(unit)
  return hasColumn(unit) ? name : `${MORE_USAGE} ->> '${name}' as ${name}`
}

const USED = `(${UNIT_NAMES.filter(hasColumn).map(underscored).join(' + ')} > 0 or ${MORE_USAGE} is not null)`

const FROM_HOURS = `select hour_ms as at_ms, ${NAMES}, ${SUMS.join(', ')} from usage_hours
  where hour_ms >= $hoursFromMs and hour_ms < $hoursToMs`

/** Rows of the ledger in the shape of hours. */
const FROM_ROWS = `select at_ms, ${OWNERS.map((name) => `coalesce(${name}, '') as ${name}`).join(', ')},
  route, target, provider, model, simulated, coalesce(purpose, '') as purpose, 1 as attempts, ${UNIT_NAMES.map(countIn).join(', ')},
  coalesce(cost_nano_usd / 1000000000, 0) as cost_usd, coalesce(cost_nano_usd % 1000000000, 0) as cost_nano,
  ${CHARGED} / 1000000000 as charged_usd, ${CHARGED} % 1000000000 as charged_nano,
  cost_nano_usd is null and ${USED} as unpriced, basis not in ('reported', 'none') as estimated,
  anomalies is not null as anomalous
  from ledger`

/** Rows that no hour holds yet: the newest, and those of a gateway that is too old to know of hours and runs on. */
const NOT_SUMMED = 'sequence > (select sequence from usage_summed)'

/**
 * Everything that was used in a time, as a subquery over the parameters of `spansOf`: whole hours from their sums, and what is left
 * at both ends from the rows themselves. A year of a busy ledger is read in milliseconds, and the answer is exact. (A plus keeps SQLite
 * from looking rows up by their time where their place in the order of writing tells more.)
 */
export const USAGE_PARTS = `(${FROM_HOURS}
  union all ${FROM_ROWS} where ${NOT_SUMMED} and +at_ms >= $hoursFromMs and +at_ms < $hoursToMs
  union all ${FROM_ROWS} where at_ms >= $headFromMs and at_ms < $headToMs
  union all ${FROM_ROWS} where at_ms >= $tailFromMs and at_ms < $tailToMs)`

/**
 * What was used in a time of whole hours, as a subquery over `$fromMs`, `$toMs` and `$most`: so many sums of hours, the newest first, and
 * all rows that wait to be summed.
 *
 * @param only further conditions on names, each with an `and` before it
 */
export function newestParts(only: string): string {
  const within = (at: string): string => `${at} >= $fromMs and ${at} < $toMs${only}`
  return `(select * from (select hour_ms as at_ms, ${NAMES}, ${SUMS.join(', ')} from usage_hours
      where ${within('hour_ms')} order by hour_ms desc limit $most)
    union all select * from (${FROM_ROWS} where ${NOT_SUMMED}) where ${within('at_ms')})`
}

/** Parameters of `USAGE_PARTS`. */
export type UsageSpans = Readonly<
  Record<'hoursFromMs' | 'hoursToMs' | 'headFromMs' | 'headToMs' | 'tailFromMs' | 'tailToMs', number>
>

/**
 * Cuts a time into whole hours and its two ends.
 *
 * @param lastMs the time of the newest row: an hour behind which there is nothing counts as whole
 */
export function spansOf(fromMs: number, toMs: number, lastMs: number): UsageSpans {
  const hoursFromMs = Math.ceil(fromMs / HOUR_MS) * HOUR_MS
  const wholeToMs = toMs > lastMs ? Math.ceil(toMs / HOUR_MS) : Math.floor(toMs / HOUR_MS)
  const hoursToMs = Math.max(hoursFromMs, wholeToMs * HOUR_MS)
  return {
    hoursFromMs,
    hoursToMs,
    headFromMs: fromMs,
    headToMs: Math.min(hoursFromMs, toMs),
    tailFromMs: hoursToMs,
    tailToMs: toMs,
  }
}

/** Adds the rows of the ledger that no hour holds yet; run in the transaction that wrote them, before `MARK_SUMMED`. */
const ADD_TO_HOURS = `insert into usage_hours (hour_ms, ${NAMES}, ${SUMS.join(', ')})
  select at_ms - at_ms % ${HOUR_MS}, ${NAMES}, ${SUMS.map((sum) => `total(${sum})`).join(', ')}
  from (${FROM_ROWS} where ${NOT_SUMMED})
  group by 1, ${NAMES}
  on conflict (hour_ms, ${NAMES}) do update set ${SUMS.map((sum) => `${sum} = ${sum} + excluded.${sum}`).join(', ')}`

/** Says that the hours hold every row there is. */
const MARK_SUMMED = 'update usage_summed set sequence = (select max(sequence) from ledger)'

const WAITING = `select coalesce((select max(sequence) from ledger), 0) - sequence as waiting from usage_summed`

/** Keeps the sums of hours, on the writer's connection and within its transactions. */
export function createHoursWriter(database: Database): {
  /** Sums the rows that no hour holds yet, when there are enough of them: whoever reads adds those that wait. */
  keepUp(): void
} {
  const waiting = database.query<SqlRow, []>(WAITING)
  const add = database.query(ADD_TO_HOURS)
  const mark = database.query(MARK_SUMMED)
  return {
    keepUp() {
      const row = waiting.get()
      if (row === null || numberAt(row, 'waiting') < LIMITS.usagePending) return
      add.run()
      mark.run()
    },
  }
}
