import type { Rates } from '../exchange/target.ts'
import { billedTokens, type Counts } from '../exchange/units.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { SpendCell } from '../store/spend.ts'

/** What is known of a target for it: what it costs, and whether its cache has to be asked for by marks. */
export interface CachingTarget {
  readonly price?: Rates
  readonly takesMarks: boolean
  readonly isSimulated: boolean
}

/** How much providers have read from their caches for a route, and what came of it. Money of the simulator is told apart. */
export interface RouteCaching {
  readonly route: string
  readonly attempts: number
  readonly inputTokens: number
  readonly readTokens: number
  readonly writtenTokens: number
  /** What reading has saved, less what writing has cost beyond the usual price. */
  readonly savedNanoUsd: NanoUsd
  readonly simulatedSavedNanoUsd: NanoUsd
  /** What marks would save where a provider wants them and got none. */
  readonly wouldSaveNanoUsd: NanoUsd
  readonly simulatedWouldSaveNanoUsd: NanoUsd
  /** Attempts whose target has no price now. */
  readonly unpriced: number
}

/** What is taken for granted of routes whose prompts are not cached. */
export interface CachingAssumption {
  /** Share of the input that would be read from the cache. */
  readonly readShare: number
  /** Tokens written for each that is read. */
  readonly writtenPerRead: number
  /** `measured`: as on routes that read from caches in the same time; `assumed`: nobody did. */
  readonly from: 'measured' | 'assumed'
}

const ASSUMED: CachingAssumption = { readShare: 0.5, writtenPerRead: 0.1, from: 'assumed' }
/** Parts of a share that are counted with. */
const PARTS = 10_000
const PICO_PER_NANO = 1_000n

/**
 * What provider caches did for each route, most input first, by the prices of now.
 *
 * @param cells by route and target
 */
export function tellPromptCaches(
  cells: readonly SpendCell[],
  targetOf: (id: string) => CachingTarget | undefined,
): { readonly routes: readonly RouteCaching[]; readonly assumption: CachingAssumption } {
  const assumption = assumptionOf(cells)
  const byRoute = new Map<string, RouteCaching>()
  for (const cell of cells) {
    const [route = '', id = ''] = cell.names
    const used = { cell, target: targetOf(id), assumption }
    byRoute.set(route, added(byRoute.get(route) ?? nothingOf(route), used))
  }
  return {
    routes: [...byRoute.values()].toSorted((one, other) => other.inputTokens - one.inputTokens),
    assumption,
  }
}

function assumptionOf(cells: readonly SpendCell[]): CachingAssumption {
  const sums = { input: 0, read: 0, written: 0 }
  for (const { usage } of cells) {
    if (usage.cacheReadTokens === 0) continue
    sums.input += billedTokens(usage, 'input')
    sums.read += usage.cacheReadTokens
    sums.written += writtenOf(usage)
  }
  if (sums.read === 0) return ASSUMED
  return {
    readShare: sums.read / sums.input,
    writtenPerRead: sums.written / sums.read,
    from: 'measured',
  }
}

interface Used {
  readonly cell: SpendCell
  readonly target: CachingTarget | undefined
  readonly assumption: CachingAssumption
}

function added(sum: RouteCaching, { cell, target, assumption }: Used): RouteCaching {
  const { usage, attempts } = cell
  const { price, takesMarks = false, isSimulated = false } = target ?? {}
  const isCached = usage.cacheReadTokens + writtenOf(usage) > 0
  const saved = price === undefined ? 0n : savedBy(usage, price)
  const would = price !== undefined && takesMarks && !isCached ? wouldSave(usage, price, assumption) : 0n
  const simulated = isSimulated ? 1n : 0n
  return {
    route: sum.route,
    attempts: sum.attempts + attempts,
    inputTokens: sum.inputTokens + billedTokens(usage, 'input'),
    readTokens: sum.readTokens + usage.cacheReadTokens,
    writtenTokens: sum.writtenTokens + writtenOf(usage),
    savedNanoUsd: sum.savedNanoUsd + saved * (1n - simulated),
    simulatedSavedNanoUsd: sum.simulatedSavedNanoUsd + saved * simulated,
    wouldSaveNanoUsd: sum.wouldSaveNanoUsd + would * (1n - simulated),
    simulatedWouldSaveNanoUsd: sum.simulatedWouldSaveNanoUsd + would * simulated,
    unpriced: sum.unpriced + (price === undefined ? attempts : 0),
  }
}

function nothingOf(route: string): RouteCaching {
  return {
    route,
    attempts: 0,
    inputTokens: 0,
    readTokens: 0,
    writtenTokens: 0,
    savedNanoUsd: 0n,
    simulatedSavedNanoUsd: 0n,
    wouldSaveNanoUsd: 0n,
    simulatedWouldSaveNanoUsd: 0n,
    unpriced: 0,
  }
}

function writtenOf({ cacheWriteTokens, cacheWriteLongTokens }: Counts): number {
  return cacheWriteTokens + cacheWriteLongTokens
}

/** Against the same input at the usual price. Sums of many requests have no tier of their own, so the plain rates count. */
function savedBy(
  usage: Pick<Counts, 'cacheReadTokens' | 'cacheWriteTokens' | 'cacheWriteLongTokens'>,
  price: Rates,
): NanoUsd {
  const { input, cacheRead = input, cacheWrite = input, cacheWriteLong = cacheWrite } = price
  const pico =
    BigInt(usage.cacheReadTokens) * (input - cacheRead) -
    BigInt(usage.cacheWriteTokens) * (cacheWrite - input) -
    BigInt(usage.cacheWriteLongTokens) * (cacheWriteLong - input)
  return pico / PICO_PER_NANO
}

function wouldSave(usage: Counts, price: Rates, { readShare, writtenPerRead }: CachingAssumption): NanoUsd {
  const read = Math.floor((billedTokens(usage, 'input') * Math.round(readShare * PARTS)) / PARTS)
  const written = Math.min(billedTokens(usage, 'input') - read, Math.floor(read * writtenPerRead))
  const saved = savedBy({ cacheReadTokens: read, cacheWriteTokens: written, cacheWriteLongTokens: 0 }, price)
  return saved > 0n ? saved : 0n
}
