import type { Plan } from '../gateway/plan.ts'
import { billedTokens } from '../exchange/units.ts'
import type { Price } from '../exchange/target.ts'
import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { LookedAt } from '../store/request-query.ts'
import type { LostSpend, SpendCell, SpendDimension, SpendScope } from '../store/spend.ts'
import type { SavingsGroup, SavingsQuery } from '../store/usage-report.ts'
import {
  amountOf,
  compareNames,
  linesOf,
  pivot,
  type CostGroup,
  type CostLine,
  type CostPivot,
  type MoneyKind,
} from './cost-report.ts'
import { pricesIn } from './receipt.ts'
import { splitSpend, type SpendPeriod, type SpendSplit } from './spend-drivers.ts'
import { evidenceFor } from './spend-evidence.ts'
import { addByName, addCells, readBy, readTotal, type SpendSource, type SpendTotal } from './spend-source.ts'
import { cutCostTime, type CostTime } from './cost-time.ts'
import { cachesSaved, workOf } from './spend-work.ts'

/** Names that have a line, and rows and columns of the table. */
const MOST = { lines: 8, groups: 100, rows: 30, columns: 8 }

export interface CostAsked {
  readonly fromMs: number
  readonly toMs: number
  readonly nowMs: number
  readonly by: SpendDimension
  readonly rows?: SpendDimension
  readonly scope: SpendScope
  readonly isCompared: boolean
}

export interface CostParts extends SpendSource {
  readonly savings: (query: SavingsQuery) => Promise<readonly SavingsGroup[]>
  readonly plan: Plan
}

/** Everything that the cost explorer tells. */
export interface GatheredCost {
  readonly time: CostTime
  readonly kind: MoneyKind
  readonly total: {
    readonly cell: SpendCell
    readonly outputTokens: number
    readonly requests?: number
    readonly estimatedNanoUsd?: NanoUsd
  }
  readonly groups: readonly CostGroup[]
  readonly lines: {
    readonly lines: readonly CostLine[]
    readonly others: readonly NanoUsd[]
    readonly otherNames: number
  }
  readonly pivot?: { readonly table: CostPivot; readonly lookedAt?: LookedAt }
  readonly compared?: {
    readonly shiftMs: number
    readonly split: SpendSplit
    readonly evidence: ReturnType<typeof evidenceFor>
    readonly requestsNow?: number
    readonly requestsBefore?: number
  }
  readonly waste: {
    readonly lostNanoUsd: NanoUsd
    readonly besideNanoUsd: NanoUsd
    readonly losses: readonly LostSpend[]
    readonly lookedAt?: LookedAt
  }
  readonly saved: {
    readonly cachesNanoUsd?: NanoUsd
    readonly rungsNanoUsd?: NanoUsd
    readonly answersNanoUsd?: NanoUsd
  }
  readonly lookedAt?: LookedAt
}

/** Reads what the cost explorer tells, and puts it together. */
export async function gatherCost(parts: CostParts, asked: CostAsked): Promise<GatheredCost> {
  const time = cutCostTime(asked)
  const read = await readAll(parts, asked, time)
  const { total, named, targets, old, table } = read
  const cell = addCells(total.cells)
  const kind = kindOf(cell, old?.total)
  const priceOf = pricesOf(parts.plan)
  return {
    time,
    kind,
    total: {
      cell,
      outputTokens: billedTokens(cell.usage, 'output'),
      ...defined({
        requests: requestsIn(total, time.fromMs, time.toMs),
        estimatedNanoUsd: total.estimatedNanoUsd,
      }),
    },
    ...namesOf(named.cells, old?.named, { time, kind }),
    ...defined({
      pivot: table && { table: pivot(table.cells, kind, MOST), ...defined({ lookedAt: table.lookedAt }) },
      compared: old && compare({ time, kind, total, targets: targets.cells, old, priceOf }),
      lookedAt: total.lookedAt ?? named.lookedAt ?? targets.lookedAt ?? old?.lookedAt,
    }),
    waste: wasteOf(read.lost, kind),
    saved: defined({
      cachesNanoUsd: savedByCaches(targets.cells, priceOf),
      rungsNanoUsd: read.savings[0]?.[kind === 'real' ? 'savedNanoUsd' : 'simulatedNanoUsd'],
      answersNanoUsd: read.kept[0]?.[kind === 'real' ? 'savedNanoUsd' : 'simulatedNanoUsd'],
    }),
  }
}

/** Everything that is read, at once. */
async function readAll(parts: CostParts, { by, rows, scope, isCompared }: CostAsked, time: CostTime) {
  const isScoped = Object.keys(scope).length > 0
  const span = { fromMs: time.fromMs, toMs: time.toMs }
  const before = { ...time, fromMs: time.fromMs - time.shiftMs, toMs: time.finishedToMs - time.shiftMs }
  const hasBefore = isCompared && before.toMs > before.fromMs
  const [total, named, targets, old, lost, savings, kept, table] = await Promise.all([
    readTotal(parts, time, scope),
    readBy(parts, time, { by, scope }),
    readBy(parts, time, { by: 'target', scope }),
    hasBefore ? readBefore(parts, before, { by, scope }) : undefined,
    parts.spend.lost({ ...span, scope }),
    isScoped ? [] : parts.savings({ ...span, limit: 1 }),
    isScoped ? [] : parts.savings({ ...span, limit: 1, of: 'cache' }),
    rows === undefined ? undefined : parts.spend.split({ ...span, by: [rows, by], scope, usage: false }),
  ])
  return { total, named, targets, old, lost, savings, kept, table }
}

/** Invented money is told where there is no real one, then or now. */
function kindOf(now: SpendCell, before: SpendCell | undefined): MoneyKind {
  const isReal = now.costNanoUsd !== 0n || (before?.costNanoUsd ?? 0n) !== 0n
  return isReal || now.simulatedNanoUsd === 0n ? 'real' : 'simulated'
}

/** What is told name by name, and the lines of the dearest. */
function namesOf(
  now: readonly SpendCell[],
  before: readonly SpendCell[] | undefined,
  { time, kind }: Pick<GatheredCost, 'time' | 'kind'>,
): Pick<GatheredCost, 'groups' | 'lines'> {
  const groups = compareNames({ now, ...defined({ before }), finishedToMs: time.finishedToMs, kind })
  const paid = groups.filter(({ amountNanoUsd }) => amountNanoUsd !== 0n)
  const names = paid.slice(0, MOST.lines).map(({ name }) => name)
  return {
    groups: groups.slice(0, MOST.groups),
    lines: {
      ...linesOf(now, names, { begins: time.begins, kind }),
      otherNames: paid.length - names.length,
    },
  }
}

interface Before {
  readonly named: readonly SpendCell[]
  readonly targets: readonly SpendCell[]
  readonly total: SpendCell
  readonly requests?: number
  readonly lookedAt?: LookedAt
}

async function readBefore(
  parts: CostParts,
  time: CostTime,
  { by, scope }: Pick<CostAsked, 'by' | 'scope'>,
): Promise<Before> {
  const [total, named, targets] = await Promise.all([
    readTotal(parts, time, scope),
    readBy(parts, time, { by, scope }),
    readBy(parts, time, { by: 'target', scope }),
  ])
  return {
    named: named.cells,
    targets: targets.cells,
    total: addCells(total.cells),
    ...defined({
      requests: requestsIn(total, time.fromMs, time.toMs),
      lookedAt: total.lookedAt ?? named.lookedAt ?? targets.lookedAt,
    }),
  }
}

function requestsIn({ requests }: SpendTotal, fromMs: number, toMs: number): number | undefined {
  if (requests === undefined) return undefined
  let sum = 0
  for (const [atMs, count] of requests) if (atMs >= fromMs && atMs < toMs) sum += count
  return sum
}

type PriceOf = (target: string) => Price | undefined

function pricesOf(plan: Plan): PriceOf {
  const targetOf = pricesIn(plan)
  return (target) => targetOf({ route: target, target })?.price
}

interface Comparing {
  readonly time: CostTime
  readonly kind: MoneyKind
  readonly total: SpendTotal
  readonly targets: readonly SpendCell[]
  readonly old: Before
  readonly priceOf: PriceOf
}

/** What changed, and why. Where requests cannot be told apart so, their calls stand for them, and trying again is part of the volume. */
function compare({ time, kind, total, targets, old, priceOf }: Comparing): GatheredCost['compared'] {
  const isOver = ({ atMs }: SpendCell): boolean => atMs < time.finishedToMs
  const requestsNow = requestsIn(total, time.fromMs, time.finishedToMs)
  const isCounted = requestsNow !== undefined && old.requests !== undefined
  const periodOf = (
    cells: readonly SpendCell[],
    whole: SpendCell,
    requests: number | undefined,
  ): SpendPeriod => {
    const groups = withRest(addByName(cells), whole).map(([name, cell]) => ({
      name,
      attempts: cell.attempts,
      costNanoUsd: amountOf(cell, kind),
      workPerAttempt: workOf(cell.usage, cell.attempts, priceOf(name)),
    }))
    return { requests: isCounted ? (requests ?? 0) : whole.attempts, groups }
  }
  const before = periodOf(old.targets, old.total, old.requests)
  const after = periodOf(targets.filter(isOver), addCells(total.cells.filter(isOver)), requestsNow)
  return {
    shiftMs: time.shiftMs,
    split: splitSpend(before, after),
    evidence: evidenceFor(before, after),
    ...defined({ requestsNow, requestsBefore: old.requests }),
  }
}

/** What no name has, because there are more of them than are kept apart, is one of its own: nothing of the bill is left out. */
function withRest(
  byName: ReadonlyMap<string, SpendCell>,
  whole: SpendCell,
): readonly (readonly [string, SpendCell])[] {
  const known = addCells(byName.values())
  const rest: SpendCell = {
    ...whole,
    attempts: Math.max(0, whole.attempts - known.attempts),
    costNanoUsd: whole.costNanoUsd - known.costNanoUsd,
    simulatedNanoUsd: whole.simulatedNanoUsd - known.simulatedNanoUsd,
  }
  const isNothing = rest.costNanoUsd === 0n && rest.simulatedNanoUsd === 0n && rest.attempts === 0
  return isNothing ? [...byName] : [...byName, ['', rest]]
}

function wasteOf(
  { losses, lookedAt }: { readonly losses: readonly LostSpend[]; readonly lookedAt?: LookedAt },
  kind: MoneyKind,
): GatheredCost['waste'] {
  const sum = (isBeside: boolean): NanoUsd =>
    losses
      .filter(({ loss }) => (loss === 'beside') === isBeside)
      .reduce((all, loss) => all + amountOf(loss, kind), 0n)
  return {
    lostNanoUsd: sum(false),
    besideNanoUsd: sum(true),
    losses: losses.filter((loss) => amountOf(loss, kind) !== 0n),
    ...defined({ lookedAt }),
  }
}

/** At the prices of now, target by target; undefined where none is known to have cached anything. */
function savedByCaches(cells: readonly SpendCell[], priceOf: PriceOf): NanoUsd | undefined {
  let saved: NanoUsd | undefined
  for (const [name, { usage, attempts }] of [...addByName(cells)].slice(0, LIMITS.seriesNames)) {
    const one = cachesSaved(usage, attempts, priceOf(name))
    if (one !== undefined) saved = (saved ?? 0n) + one
  }
  return saved
}
