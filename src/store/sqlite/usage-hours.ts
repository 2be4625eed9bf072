import type { Database } from 'bun:sqlite'
import { SCOPES, type Scope } from '../../exchange/owner.ts'
import { UNIT_NAMES, type Unit } from '../../exchange/units.ts'
import { LIMITS } from '../../kit/limits.ts'
import { underscored } from '../../kit/underscored.ts'
import { OWNER_NAMES } from '../owner-columns.ts'
import { hasColumn, MORE_USAGE } from '../usage-columns.ts'
import { numberAt, type SqlRow } from './sql-values.ts'

/** The length of the intervals that usage is summed by. */
export const HOUR_MS = 3_600_000

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

const OF_HOURS = `select hour_ms as at_ms, ${NAMES}, ${SUMS.join(', ')}`

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

/** Sums of hours, and what no hour holds or only a part of one is asked of. (A plus keeps SQLite from looking rows up by their time where their place in the order of writing tells more.) */
function withRest(hours: string): string {
  return `(${hours}
  union all ${FROM_ROWS} where ${NOT_SUMMED} and +at_ms >= $hoursFromMs and +at_ms < $hoursToMs
  union all ${FROM_ROWS} where at_ms >= $headFromMs and at_ms < $headToMs
  union all ${FROM_ROWS} where at_ms >= $tailFromMs and at_ms < $tailToMs)`
}

/**
 * Everything that was used in a time, as a subquery over the parameters of `spansOf`: whole hours from their sums, and what is left
 * at both ends from the rows themselves. A year of a busy ledger is read in milliseconds, and the answer is exact.
 */
export const USAGE_PARTS = withRest(
  `${OF_HOURS} from usage_hours where hour_ms >= $hoursFromMs and hour_ms < $hoursToMs`,
)

/** As `USAGE_PARTS`, of the owner `$id` alone. */
export function usagePartsOf(scope: Scope): string {
  const hours = hoursOf(scope, { id: '$id', fromMs: '$hoursFromMs', toMs: '$hoursToMs' })
  return `(select * from ${withRest(`select * from (${hours})`)} where ${OWNER_NAMES[scope]} = $id)`
}

interface OwnedTime {
  readonly id: string
  readonly fromMs: string
  readonly toMs: string
}

/**
 * The sums of an owner, hour by hour, the newest first. An index that began with owners would be written at as many places as there
 * are owners. SQLite takes an hour for short and would look through all of it, so it is told the index; keys need none, they stand behind the hour in the table.
 */
function hoursOf(scope: Scope, { id, fromMs, toMs }: OwnedTime): string {
  const column = OWNER_NAMES[scope]
  const within = `from usage_hours where hour_ms >= ${fromMs} and hour_ms <`
  const found = scope === 'key' ? 'usage_hours' : `usage_hours indexed by usage_hours_by_${scope}`
  return `with recursive hours (at, owner) as (select max(hour_ms), ${id} ${within} ${toMs}
      union all select (select max(hour_ms) ${within} at), owner from hours where at is not null)
    ${OF_HOURS} from hours cross join ${found} where hour_ms = at and ${column} = owner and ${column} <> ''`
}

/**
 * What was used in a time of whole hours, as a subquery over `$fromMs`, `$toMs` and `$most`: so many sums of hours, the newest first, and
 * all rows that wait to be summed.
 *
 * @param only further conditions on names, each with an `and` before it
 * @param owner whose sums alone are looked at, whom the parameter of the scope's name names
 */
export function newestParts(only: string, owner?: Scope): string {
  const within = (at: string): string => `${at} >= $fromMs and ${at} < $toMs${only}`
  const hours =
    owner === undefined
      ? `${OF_HOURS} from usage_hours where ${within('hour_ms')}`
      : `select * from (${hoursOf(owner, { id: `$${owner}`, fromMs: '$fromMs', toMs: '$toMs' })}) where true${only}`
  return `(select * from (${hours} order by at_ms desc limit $most)
    union all select * from (select * from (${FROM_ROWS} where ${NOT_SUMMED}) where ${within('at_ms')}))`
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

/** Rows that were not looked at yet for when keys were used last. They have a place of their own: an older gateway may sum hours, and knows nothing of it. */
const NOT_SEEN = "sequence > (select upto from series_reach where source = 'uses')"

const ADD_TO_USES = `insert into key_uses select key_id, max(at_ms - at_ms % ${HOUR_MS}) from ledger where ${NOT_SEEN} group by 1
  on conflict (key_id) do update set hour_ms = max(hour_ms, excluded.hour_ms)`

const MARK_USES = `update series_reach set upto = (select max(sequence) from ledger) where source = 'uses'`

const WAITING = `select coalesce((select max(sequence) from ledger), 0) - sequence as waiting from usage_summed`

/** The ids of keys that were used since the hour `$hourMs`. */
export const USED_KEYS = `select key_id from key_uses where hour_ms >= $hourMs
  union all select key_id from ledger where ${NOT_SEEN} and +at_ms >= $hourMs`

/**
 * Keeps the sums of hours, on the writer's connection and within its transactions.
 *
 * @param enough rows that are summed together; fewer wait
 */
export function createHoursWriter(
  database: Database,
  enough: number = LIMITS.usagePending,
): {
  /** Sums the rows that no hour holds yet, when there are enough of them: whoever reads adds those that wait. */
  keepUp(): void
} {
  const waiting = database.query<SqlRow, []>(WAITING)
  const add = database.query(ADD_TO_HOURS)
  const mark = database.query(MARK_SUMMED)
  const use = database.query(ADD_TO_USES)
  const markUses = database.query(MARK_USES)
  return {
    keepUp() {
      const row = waiting.get()
      if (row === null || numberAt(row, 'waiting') < enough) return
      add.run()
      mark.run()
      use.run()
      markUses.run()
    },
  }
}
