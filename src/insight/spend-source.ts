import { NO_COUNTS, UNIT_NAMES, type Counts } from '../exchange/units.ts'
import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Mutable } from '../kit/mutable.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { Condition, LookedAt } from '../store/request-query.ts'
import {
  SERIES_DIMENSIONS,
  type SeriesDimension,
  type SeriesPoint,
  type SeriesStore,
} from '../store/series.ts'
import {
  SPEND_DIMENSIONS,
  type SpendCell,
  type SpendDimension,
  type SpendScope,
  type SpendStore,
} from '../store/spend.ts'

/** Where it is known what was spent. */
export interface SpendSource {
  readonly series: SeriesStore
  readonly spend: SpendStore
}

/** A time of whole intervals. */
export interface SpendTime {
  readonly fromMs: number
  readonly toMs: number
  readonly stepMs: number
}

/** What was spent in all, interval by interval. */
export interface SpendTotal {
  readonly cells: readonly SpendCell[]
  /** Requests of clients by the begin of their interval; absent where they cannot be told apart so. */
  readonly requests?: ReadonlyMap<number, number>
  /** How much of the real money is estimates; absent where that is not known apart. */
  readonly estimatedNanoUsd?: NanoUsd
  readonly lookedAt?: LookedAt
}

const SUMMED: ReadonlySet<string> = new Set(SERIES_DIMENSIONS)
const SCOPED = (scope: SpendScope): readonly SpendDimension[] =>
  SPEND_DIMENSIONS.filter((dimension) => scope[dimension] !== undefined)

/** Reads what was spent in all: from the sums for charts where those tell of the scope, else from those of hours. */
export async function readTotal(
  { series, spend }: SpendSource,
  time: SpendTime,
  scope: SpendScope,
): Promise<SpendTotal> {
  const asked = SCOPED(scope)
  if (asked.length > 1 || !asked.every((dimension) => SUMMED.has(dimension)))
    return await spend.split({ ...time, by: [], scope })
  const conditions = asked.map((field): Condition => ({
    field: toField(field),
    tests: [{ is: scope[field] ?? '' }],
  }))
  const answer = await series.read({
    ...time,
    filter: { conditions },
    names: LIMITS.seriesNames,
    attempts: true,
    times: false,
  })
  const points = answer.series[0]?.points ?? new Map<number, SeriesPoint>()
  const estimated = [...points.values()].reduce((sum, { amounts }) => sum + amounts.estimated, 0n)
  return {
    cells: [...points].map(([atMs, point]) => toCell([], atMs, point)),
    requests: new Map([...points].map(([atMs, { sums }]) => [atMs, sums.requests])),
    estimatedNanoUsd: estimated,
    ...defined({ lookedAt: answer.lookedAt }),
  }
}

/** Series are told apart by words that are fields of requests too. */
function toField(dimension: SpendDimension): SeriesDimension {
  return SERIES_DIMENSIONS.find((known) => known === dimension) ?? 'target'
}

/** Reads what was spent by one dimension and interval. Where all is meant, charts have its sums; a model is the end of its targets' names. */
export async function readBy(
  { series, spend }: SpendSource,
  time: SpendTime,
  { by, scope }: { readonly by: SpendDimension; readonly scope: SpendScope },
): Promise<{ readonly cells: readonly SpendCell[]; readonly lookedAt?: LookedAt }> {
  const summed = by === 'model' ? 'target' : SERIES_DIMENSIONS.find((known) => known === by)
  if (summed === undefined || SCOPED(scope).length > 0) return await spend.split({ ...time, by: [by], scope })
  const answer = await series.read({
    ...time,
    filter: {},
    by: summed,
    names: LIMITS.seriesNames,
    attempts: true,
    times: false,
  })
  // Requests for which nobody was asked have spent nothing.
  const cells = answer.series
    .flatMap(({ name, points }) =>
      [...points].map(([atMs, point]) => toCell([by === 'model' ? modelOf(name) : name], atMs, point)),
    )
    .filter(({ attempts }) => attempts > 0)
  return { cells, ...defined({ lookedAt: answer.lookedAt }) }
}

/** A target is named `provider/model`. */
function modelOf(target: string): string {
  return target.slice(target.indexOf('/') + 1)
}

function toCell(names: readonly string[], atMs: number, { sums, amounts }: SeriesPoint): SpendCell {
  const usage: Counts = {
    ...NO_COUNTS,
    inputTokens: sums.inputTokens,
    cacheReadTokens: sums.cacheReadTokens,
    cacheWriteTokens: sums.cacheWriteTokens,
    outputTokens: sums.outputTokens,
    reasoningTokens: sums.reasoningTokens,
  }
  return {
    names,
    atMs,
    attempts: sums.attempts,
    usage,
    costNanoUsd: amounts.settled + amounts.estimated,
    simulatedNanoUsd: amounts.simulated,
    unpriced: sums.unpriced,
    estimated: 0,
  }
}

/** Adds cells up. */
export function addCells(cells: Iterable<SpendCell>): SpendCell {
  const usage: Mutable<Counts> = { ...NO_COUNTS }
  const sum: Mutable<SpendCell> = {
    names: [],
    atMs: 0,
    attempts: 0,
    usage,
    costNanoUsd: 0n,
    simulatedNanoUsd: 0n,
    unpriced: 0,
    estimated: 0,
  }
  for (const cell of cells) {
    sum.attempts += cell.attempts
    sum.costNanoUsd += cell.costNanoUsd
    sum.simulatedNanoUsd += cell.simulatedNanoUsd
    sum.unpriced += cell.unpriced
    sum.estimated += cell.estimated
    for (const unit of UNIT_NAMES) {
      const count = cell.usage[unit]
      if (count !== undefined) usage[unit] = (usage[unit] ?? 0) + count
    }
  }
  return sum
}

/** Cells added up by a name of theirs. */
export function addByName(cells: readonly SpendCell[], place = 0): ReadonlyMap<string, SpendCell> {
  const groups = Map.groupBy(cells, ({ names }) => names[place] ?? '')
  return new Map([...groups].map(([name, group]) => [name, addCells(group)]))
}
