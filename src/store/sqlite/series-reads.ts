import type { Database } from 'bun:sqlite'
import { defined } from '../../kit/defined.ts'
import type { Condition, LookedAt } from '../request-query.ts'
import { SERIES_DIMENSIONS, type SeriesAnswer, type SeriesQuestion } from '../series.ts'
import { pointAt, pointsOf, toSeries, type OpenSeries } from './open-series.ts'
import { allOf, mostLines, toSql, type SqlCondition } from './request-conditions.ts'
import { endOfLook } from './request-reads.ts'
import { SeriesSums, SUMMED, type SeriesKind } from './series-sums.ts'
import { selectAll } from './sql-values.ts'
import { readSummedSeries } from './summed-series.ts'

/** Reads series: from the sums where those tell of what is asked, else from the requests themselves. */
export function readSeries(database: Database, question: SeriesQuestion): SeriesAnswer {
  // In one transaction, or rows that are summed meanwhile would count twice, or not at all.
  return database.transaction(() => {
    const kind = answeringKind(question)
    return kind === undefined ? fromRequests(database, question) : readSummedSeries(database, question, kind)
  })()
}

/** The dimension whose sums answer a question; undefined where none do. */
function answeringKind({ filter, by, attempts }: SeriesQuestion): SeriesKind | undefined {
  const asked = new Set((filter.conditions ?? []).map(({ field }) => field))
  if (by !== undefined) asked.add(by)
  const [only, ...others] = asked
  if (only === undefined) return 'all'
  const kind = SERIES_DIMENSIONS.find((dimension) => dimension === only)
  // Attempts of one request end differently: they are not told apart by how that ended.
  return others.length > 0 || (kind === 'outcome' && attempts) ? undefined : kind
}

/** Looks at requests one by one, the newest first, no more than one may. */
function fromRequests(database: Database, question: SeriesQuestion): SeriesAnswer {
  const { filter, by, fromMs, toMs, stepMs, attempts } = question
  const period = { fromMs, toMs }
  const anywhere: SqlCondition = { sql: 'true', values: [] }
  const end = endOfLook(database, anywhere, {
    ...period,
    conditions: [...(filter.conditions ?? []), ANY_CONDITION],
  })
  const within: SqlCondition =
    end === undefined ? anywhere : { sql: '(at_ms, sequence) >= (?, ?)', values: [end.atMs, end.sequence] }
  const wanted = allOf([toSql({ ...filter, ...period }), within])
  const sums = new SeriesSums(stepMs, by ?? 'all')
  for (const row of selectAll(
    database,
    `select ${SUMMED.requests.join(', ')} from requests where ${wanted.sql}`,
    wanted.values,
  ))
    sums.add('requests', row)
  if (attempts) {
    const sql = `select ${SUMMED.ledger.join(', ')} from ledger where request_id in (select id from requests where ${wanted.sql})`
    for (const row of selectAll(database, sql, wanted.values)) sums.add('ledger', row)
  }
  return {
    ...pickHeaviest(sums, question),
    from: 'requests',
    ...defined({ lookedAt: lookedAt(filter, end) }),
  }
}

/** Holds for every line, and is answered by no index. */
const ANY_CONDITION: Condition = { field: 'status', tests: [{ compare: '>=', to: 0 }] }

function lookedAt(
  { conditions = [] }: SeriesQuestion['filter'],
  end: { readonly atMs: number } | undefined,
): LookedAt | undefined {
  return end === undefined ? undefined : { rows: mostLines(conditions), atMs: end.atMs }
}

function pickHeaviest(
  sums: SeriesSums,
  { by, names, fromMs, toMs }: SeriesQuestion,
): Pick<SeriesAnswer, 'series' | 'others'> {
  const open: OpenSeries = new Map()
  const weights = new Map<string, number>()
  for (const [atMs, kinds] of sums.intervals) {
    if (atMs < fromMs || atMs >= toMs) continue
    for (const [name, point] of kinds.get(by ?? 'all') ?? []) {
      pointAt(pointsOf(open, name), atMs).add(point)
      weights.set(name, (weights.get(name) ?? 0) + point.weight)
    }
  }
  const ranked = toSeries(open).toSorted(
    (one, other) => (weights.get(other.name) ?? 0) - (weights.get(one.name) ?? 0),
  )
  return { series: ranked.slice(0, names), others: Math.max(0, ranked.length - names) }
}
