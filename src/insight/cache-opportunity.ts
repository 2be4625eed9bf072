import { ownerIn } from '../caching/cache-key.ts'
import type { CacheScope } from '../exchange/cache.ts'
import { canonicalJson } from '../kit/canonical-json.ts'
import { sha256Hex } from '../kit/hash.ts'
import {
  parseJsonObject,
  readNumber,
  readObject,
  readObjects,
  readString,
  type JsonObject,
} from '../kit/json.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { SaidRow } from '../store/contents.ts'
import type { RequestRow } from '../store/store.ts'

/** On what terms answers would be kept. */
export interface OpportunityTerms {
  /** How long an answer would be given again. */
  readonly ttlMs: number
  /** Who would share them. */
  readonly scope: CacheScope
}

/** Requests that would be answered by a cache, and what that would save. */
export interface WouldSave {
  readonly requests: number
  readonly savedNanoUsd: NanoUsd
  readonly simulatedSavedNanoUsd: NanoUsd
  readonly tokens: number
}

/** Why an answer would not be given again, whatever was asked. */
export type Unfit = 'failed' | 'cut-off' | 'hosted-tools' | 'kept-already' | 'incomplete'

/** What a cache would do for a route. */
export interface RouteOpportunity {
  readonly route: string
  /** Requests whose content was looked at. */
  readonly requests: number
  /** Of them, kept with marks in the place of values: those that differ in nothing else count as the same. */
  readonly redacted: number
  readonly costNanoUsd: NanoUsd
  /** Asked before in the very same words, and not to be answered by chance: `cache: true` would answer them. */
  readonly exact: WouldSave
  /** Asked before in the same words, where another answer is wanted each time: only `sampled: true` would answer them. */
  readonly sampled: WouldSave
  readonly unfit: Readonly<Partial<Record<Unfit, number>>>
}

/** A request as it is compared. */
interface Seen {
  readonly route: string
  readonly atMs: number
  /** The same for the same question of the same owner. */
  readonly key: string
  readonly isSteady: boolean
  readonly isRedacted: boolean
  readonly unfit: Unfit | undefined
  readonly costNanoUsd: NanoUsd
  readonly isSimulated: boolean
  readonly tokens: number
}

/** What says how an answer is delivered, or to whom, and nothing of what is asked; as content names it. */
const DELIVERY = new Set([
  'model',
  'stream',
  'user',
  'metadata',
  'cache_key',
  'cache',
  'service_tier',
  'stream_options',
])
/** Finish reasons of answers that say all that was to be said. */
const GOOD_ENDS = new Set(['stop', 'stop-sequence', 'tool-calls'])

/**
 * Tells what a cache would have saved, of requests whose content was kept. Holds a digest of each, never what was said. O(1) for each
 * request, and its report O(n log n).
 */
export class CacheOpportunity {
  readonly #terms: OpportunityTerms
  readonly #seen: Seen[] = []

  constructor(terms: OpportunityTerms) {
    this.#terms = terms
  }

  /** Takes a request, in whatever order. What the house asked of its own accord is none. */
  see({ row, text }: SaidRow): void {
    if (row.purpose !== undefined || row.route === undefined) return
    const content = parseJsonObject(text)
    if (content === undefined) return
    const request = readObject(content, 'request') ?? {}
    this.#seen.push({
      route: row.route,
      atMs: row.atMs,
      key: this.#keyOf(row, request),
      isSteady: isSteady(row, request),
      isRedacted: readString(content, 'keep') === 'redacted',
      unfit: unfitness(row, request, content),
      costNanoUsd: row.costNanoUsd ?? 0n,
      isSimulated: row.simulated,
      tokens: row.inputTokens + row.outputTokens,
    })
  }

  #keyOf({ route = '', operation, owners }: RequestRow, request: JsonObject): string {
    const asked = Object.fromEntries(Object.entries(request).filter(([name]) => !DELIVERY.has(name)))
    return sha256Hex(
      [ownerIn({ owners }, this.#terms.scope), route, operation, canonicalJson(asked)].join('\n'),
    )
  }

  /** By route, most to save first. */
  report(): readonly RouteOpportunity[] {
    const tallies = new Map<string, RouteTally>()
    const keptUntilMs = new Map<string, number>()
    for (const seen of this.#seen.toSorted((one, other) => one.atMs - other.atMs)) {
      const tally = tallies.get(seen.route) ?? new RouteTally(seen.route)
      tallies.set(seen.route, tally)
      const isKept = (keptUntilMs.get(seen.key) ?? 0) > seen.atMs
      tally.add(seen, isKept)
      if (!isKept && seen.unfit === undefined) keptUntilMs.set(seen.key, seen.atMs + this.#terms.ttlMs)
    }
    return [...tallies.values()].map((tally) => tally.told()).toSorted(bySavings)
  }
}

function bySavings(one: RouteOpportunity, other: RouteOpportunity): number {
  const [left, right] = [savingsOf(one), savingsOf(other)]
  return left === right ? other.exact.requests - one.exact.requests : left < right ? 1 : -1
}

function savingsOf({ exact, sampled }: RouteOpportunity): NanoUsd {
  return [exact, sampled].reduce((sum, one) => sum + one.savedNanoUsd + one.simulatedSavedNanoUsd, 0n)
}

class RouteTally {
  readonly #route: string
  readonly #exact = new SavingTally()
  readonly #sampled = new SavingTally()
  readonly #unfit: Partial<Record<Unfit, number>> = {}
  #requests = 0
  #redacted = 0
  #costNanoUsd: NanoUsd = 0n

  constructor(route: string) {
    this.#route = route
  }

  add(seen: Seen, isKept: boolean): void {
    this.#requests += 1
    this.#costNanoUsd += seen.costNanoUsd
    if (seen.isRedacted) this.#redacted += 1
    if (seen.unfit !== undefined) this.#unfit[seen.unfit] = (this.#unfit[seen.unfit] ?? 0) + 1
    else if (isKept) (seen.isSteady ? this.#exact : this.#sampled).add(seen)
  }

  told(): RouteOpportunity {
    return {
      route: this.#route,
      requests: this.#requests,
      redacted: this.#redacted,
      costNanoUsd: this.#costNanoUsd,
      exact: this.#exact.told(),
      sampled: this.#sampled.told(),
      unfit: this.#unfit,
    }
  }
}

class SavingTally {
  #requests = 0
  #savedNanoUsd: NanoUsd = 0n
  #simulatedSavedNanoUsd: NanoUsd = 0n
  #tokens = 0

  add({ costNanoUsd, isSimulated, tokens }: Seen): void {
    this.#requests += 1
    this.#tokens += tokens
    if (isSimulated) this.#simulatedSavedNanoUsd += costNanoUsd
    else this.#savedNanoUsd += costNanoUsd
  }

  told(): WouldSave {
    return {
      requests: this.#requests,
      savedNanoUsd: this.#savedNanoUsd,
      simulatedSavedNanoUsd: this.#simulatedSavedNanoUsd,
      tokens: this.#tokens,
    }
  }
}

/** As the operation says it of requests that are under way: of what is kept there is only the JSON. */
function isSteady({ operation }: RequestRow, request: JsonObject): boolean {
  return operation !== 'chat' || readNumber(request, 'temperature') === 0 || request['seed'] !== undefined
}

function unfitness(
  { outcome, attemptCount }: RequestRow,
  request: JsonObject,
  content: JsonObject,
): Unfit | undefined {
  if (outcome !== 'ok') return 'failed'
  if (attemptCount === 0) return 'kept-already'
  if (request['turns_left_out'] !== undefined) return 'incomplete'
  if (readObjects(request, 'tools').some(({ type }) => type === 'hosted')) return 'hosted-tools'
  const ends = readObjects(readObject(content, 'answer') ?? {}, 'choices').map((one) =>
    readString(one, 'finish'),
  )
  return ends.every((end) => end === undefined || GOOD_ENDS.has(end)) ? undefined : 'cut-off'
}
