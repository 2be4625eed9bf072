import type { Database } from 'bun:sqlite'
import { defined } from '../../kit/defined.ts'
import type {
  Agreement,
  ComparedCost,
  ComparedTime,
  ShadowQuery,
  ShadowReport,
  ShadowRow,
} from '../shadow-rows.ts'
import type { Page } from '../store.ts'
import { toPage, type Position } from './page-cursor.ts'
import { toShadowRow } from './shadow-row.ts'
import { clampLimit, isSet, numberAt, textAt, type SqlRow } from './sql-values.ts'
import { amountAt, splitAmount, sumOf } from './sum-of-amounts.ts'

/** More pairs of route and shadow are not told of. */
const MOST_GROUPS = 500

/** A question for a page of comparisons. */
export interface ShadowPageRead extends Partial<ShadowQuery> {
  readonly position: Position
  readonly limit: number
}

/** A page of comparisons, newest first. */
export function readShadowPage(
  database: Database,
  { position, limit, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER, route }: ShadowPageRead,
): Page<ShadowRow> {
  const most = clampLimit(limit)
  const rows = database
    .query<SqlRow, Record<string, string | number>>(
      `select * from shadows where ${ofRoute(route)} at_ms >= $fromMs and at_ms < $toMs
       and (at_ms, sequence) < ($atMs, $sequence) order by at_ms desc, sequence desc limit $most`,
    )
    .all({ fromMs, toMs, ...defined({ route }), ...position, most: most + 1 })
  return toPage(rows, most, { timeColumn: 'at_ms', decode: toShadowRow })
}

function ofRoute(route: string | undefined): string {
  return route === undefined ? '' : 'route = $route and'
}

/** The measures that hold or do not, and cannot always be told. */
const MEASURES = {
  agreement: 'agrees',
  refusal: 'same_refusal',
  tools: 'same_tools',
  json: 'same_json',
} as const

const COMPARED = `outcome = 'compared'`
const BOTH_PRICED = `${COMPARED} and cost_nano_usd is not null and shadow_cost_nano_usd is not null and simulated = shadow_simulated`
const REAL = `${BOTH_PRICED} and simulated = 0`
const INVENTED = `${BOTH_PRICED} and simulated = 1`

/** The place of each row among those of its kind, by how long either side took. */
const placeBy = (column: string): string =>
  `row_number() over (partition by route, shadow, ${COMPARED} order by ${column})`

/** The time within which a share of the compared answers were there. */
const quantileOf = (column: string, perCent: number): string =>
  `max(${column}) filter (where ${COMPARED} and ${column}_place <= (of_kind * ${perCent} + 99) / 100)`

/** How the shadows of routes did, by route and whom they asked, in a time. */
export function readShadowReport(database: Database, query: ShadowQuery): ShadowReport[] {
  // In one transaction, or a row that comes between the two questions would be in one of them alone.
  return database.transaction(() => {
    const { route, ...time } = query
    const parameters = { ...time, ...defined({ route }), most: MOST_GROUPS }
    const where = `${ofRoute(route)} at_ms >= $fromMs and at_ms < $toMs`
    const failures = failuresOf(database, where, parameters)
    return database
      .query<SqlRow, Record<string, string | number>>(
        `select route, shadow, count(*) as requests, count(*) filter (where ${COMPARED}) as compared, avg(jaccard) as jaccard,
           ${Object.values(MEASURES)
             .map((column) => `count(${column}) as ${column}_of, total(${column}) as ${column}`)
             .join(', ')},
           count(*) filter (where ${REAL}) as real_requests, count(*) filter (where ${INVENTED}) as simulated_requests,
           ${sumOf('real', 'cost', REAL)}, ${sumOf('real_shadow', 'shadow_cost', REAL)},
           ${sumOf('simulated', 'cost', INVENTED)}, ${sumOf('simulated_shadow', 'shadow_cost', INVENTED)},
           ${quantileOf('duration_ms', 50)} as median, ${quantileOf('shadow_ms', 50)} as shadow_median,
           ${quantileOf('duration_ms', 95)} as slow, ${quantileOf('shadow_ms', 95)} as shadow_slow
         from (select *, ${splitAmount('cost')}, ${splitAmount('shadow_cost')},
             ${placeBy('duration_ms')} as duration_ms_place, ${placeBy('shadow_ms')} as shadow_ms_place,
             count(*) over (partition by route, shadow, ${COMPARED}) as of_kind
           from shadows where ${where})
         group by route, shadow order by requests desc, route, shadow limit $most`,
      )
      .all(parameters)
      .map((row) => toReport(row, failures.get(groupOf(row)) ?? {}))
  })()
}

/** How often each failure was why there is nothing to compare, by group. */
function failuresOf(
  database: Database,
  where: string,
  parameters: Record<string, string | number>,
): ReadonlyMap<string, Record<string, number>> {
  const found = new Map<string, Record<string, number>>()
  const rows = database
    .query<SqlRow, Record<string, string | number>>(
      `select route, shadow, outcome, count(*) as times from shadows where ${where} and not ${COMPARED}
       group by route, shadow, outcome order by times desc limit $most`,
    )
    .all(parameters)
  for (const row of rows) {
    const counts = found.get(groupOf(row)) ?? {}
    counts[textAt(row, 'outcome')] = numberAt(row, 'times')
    found.set(groupOf(row), counts)
  }
  return found
}

function groupOf(row: SqlRow): string {
  return JSON.stringify([textAt(row, 'route'), textAt(row, 'shadow')])
}

function toReport(row: SqlRow, failures: Record<string, number>): ShadowReport {
  const agreement = (column: string): Agreement => ({
    of: numberAt(row, `${column}_of`),
    agreed: numberAt(row, column),
  })
  const cost = (kind: 'real' | 'simulated'): ComparedCost => ({
    requests: numberAt(row, `${kind}_requests`),
    costNanoUsd: amountAt(row, kind),
    shadowCostNanoUsd: amountAt(row, `${kind}_shadow`),
  })
  const time = (name: 'median' | 'slow'): ComparedTime | undefined =>
    isSet(row, name)
      ? { durationMs: numberAt(row, name), shadowMs: numberAt(row, `shadow_${name}`) }
      : undefined
  return {
    route: textAt(row, 'route'),
    shadow: textAt(row, 'shadow'),
    requests: numberAt(row, 'requests'),
    compared: numberAt(row, 'compared'),
    failures,
    agreement: agreement(MEASURES.agreement),
    refusal: agreement(MEASURES.refusal),
    tools: agreement(MEASURES.tools),
    json: agreement(MEASURES.json),
    cost: cost('real'),
    simulatedCost: cost('simulated'),
    ...defined({ median: time('median'), slow: time('slow') }),
    ...(isSet(row, 'jaccard') ? { jaccard: numberAt(row, 'jaccard') } : {}),
  }
}
