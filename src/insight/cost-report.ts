import type { NanoUsd } from '../kit/money.ts'
import type { SpendCell } from '../store/spend.ts'
import { addByName, addCells } from './spend-source.ts'

/** Which money is told: they are never added. */
export type MoneyKind = 'real' | 'simulated'

/** The money of a cell. */
export function amountOf(
  { costNanoUsd, simulatedNanoUsd }: Pick<SpendCell, 'costNanoUsd' | 'simulatedNanoUsd'>,
  kind: MoneyKind,
): NanoUsd {
  return kind === 'real' ? costNanoUsd : simulatedNanoUsd
}

/** One name with what it cost, and before. */
export interface CostGroup {
  readonly name: string
  readonly cell: SpendCell
  readonly amountNanoUsd: NanoUsd
  /** In intervals that are over, which are what a comparison is about. */
  readonly finishedNanoUsd: NanoUsd
  /** In the time that it is compared with; absent: it is compared with none. */
  readonly beforeNanoUsd?: NanoUsd
}

/** What is compared, name by name. */
export interface Compared {
  readonly now: readonly SpendCell[]
  /** Absent: with nothing. */
  readonly before?: readonly SpendCell[]
  /** Where the intervals end that are over. */
  readonly finishedToMs: number
  readonly kind: MoneyKind
}

/** Names, dearest first, those included that were there before and are no more. */
export function compareNames({ now, before, finishedToMs, kind }: Compared): readonly CostGroup[] {
  const current = addByName(now)
  const finished = addByName(now.filter(({ atMs }) => atMs < finishedToMs))
  const old = before === undefined ? undefined : addByName(before)
  return [...new Set([...current.keys(), ...(old?.keys() ?? [])])]
    .map((name): CostGroup => {
      const cell = current.get(name) ?? addCells([])
      const past = old?.get(name)
      return {
        name,
        cell,
        amountNanoUsd: amountOf(cell, kind),
        finishedNanoUsd: amountOf(finished.get(name) ?? NOTHING, kind),
        ...(old === undefined ? {} : { beforeNanoUsd: amountOf(past ?? NOTHING, kind) }),
      }
    })
    .toSorted(dearestFirst)
}

const NOTHING = { costNanoUsd: 0n, simulatedNanoUsd: 0n }

function dearestFirst(one: CostGroup, other: CostGroup): number {
  if (one.amountNanoUsd !== other.amountNanoUsd) return one.amountNanoUsd > other.amountNanoUsd ? -1 : 1
  return one.cell.attempts === other.cell.attempts
    ? one.name < other.name
      ? -1
      : 1
    : other.cell.attempts - one.cell.attempts
}

/** A line of a chart: an amount for each interval. */
export interface CostLine {
  readonly name: string
  readonly amounts: readonly NanoUsd[]
}

/** The dearest names over time, and all others in one line. */
export function linesOf(
  cells: readonly SpendCell[],
  names: readonly string[],
  { begins, kind }: { readonly begins: readonly number[]; readonly kind: MoneyKind },
): { readonly lines: readonly CostLine[]; readonly others: readonly NanoUsd[] } {
  const wanted = new Set(names)
  const places = new Map(begins.map((atMs, place) => [atMs, place]))
  const amounts = new Map(names.map((name) => [name, begins.map(() => 0n)]))
  const others = begins.map(() => 0n)
  for (const cell of cells) {
    const [name = ''] = cell.names
    const place = places.get(cell.atMs)
    if (place === undefined) continue
    const line = wanted.has(name) ? amounts.get(name) : others
    if (line !== undefined) line[place] = (line[place] ?? 0n) + amountOf(cell, kind)
  }
  return { lines: names.map((name) => ({ name, amounts: amounts.get(name) ?? [] })), others }
}

/** A table of two dimensions: rows and columns, dearest first, what does not fit added up in the last of each. */
export interface CostPivot {
  readonly columns: readonly string[]
  readonly rows: readonly {
    readonly name: string
    readonly amounts: readonly NanoUsd[]
    readonly otherNanoUsd: NanoUsd
    readonly totalNanoUsd: NanoUsd
  }[]
  readonly totals: readonly NanoUsd[]
  readonly otherNanoUsd: NanoUsd
  readonly totalNanoUsd: NanoUsd
  readonly otherRows: number
  readonly otherColumns: number
}

/**
 * Puts cells of two names, row and column, in a table. Every sum in it is the sum of what is shown.
 *
 * @param most rows and columns that are shown at most
 */
export function pivot(
  cells: readonly SpendCell[],
  kind: MoneyKind,
  most: { readonly rows: number; readonly columns: number },
): CostPivot {
  const columns = dearest(addByName(cells, 1), kind)
  const shown = columns.slice(0, most.columns)
  const rows = dearest(addByName(cells), kind)
  const byRow = Map.groupBy(cells, ({ names }) => names[0] ?? '')
  const told = rows.slice(0, most.rows).map((name) => {
    const byColumn = addByName(byRow.get(name) ?? [], 1)
    const amounts = shown.map((column) => amountOf(byColumn.get(column) ?? NOTHING, kind))
    const totalNanoUsd = amountOf(addCells(byRow.get(name) ?? []), kind)
    return { name, amounts, totalNanoUsd, otherNanoUsd: totalNanoUsd - sumOf(amounts) }
  })
  const totals = shown.map((_, place) => sumOf(told.map(({ amounts }) => amounts[place] ?? 0n)))
  return {
    columns: shown,
    rows: told,
    totals,
    otherNanoUsd: sumOf(told.map(({ otherNanoUsd }) => otherNanoUsd)),
    totalNanoUsd: sumOf(told.map(({ totalNanoUsd }) => totalNanoUsd)),
    otherRows: rows.length - told.length,
    otherColumns: columns.length - shown.length,
  }
}

/** Names that cost something, dearest first. */
function dearest(byName: ReadonlyMap<string, SpendCell>, kind: MoneyKind): readonly string[] {
  return [...byName]
    .filter(([, cell]) => amountOf(cell, kind) !== 0n)
    .sort(([, one], [, other]) => (amountOf(one, kind) > amountOf(other, kind) ? -1 : 1))
    .map(([name]) => name)
}

function sumOf(amounts: readonly NanoUsd[]): NanoUsd {
  return amounts.reduce((sum, amount) => sum + amount, 0n)
}
