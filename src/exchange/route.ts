import type { JsonObject } from '../kit/json.ts'
import type { Random } from '../kit/random.ts'
import type { Acceptance } from './acceptance.ts'
import type { AgainTerms } from './again.ts'
import type { Affinity, AffinityTerms } from './affinity.ts'
import type { CacheTerms } from './cache.ts'
import type { Condition } from './condition.ts'
import type { Constraint } from './constraint.ts'
import type { FailureCode } from './failure-table.ts'
import type { RequestFeatures } from './features.ts'
import type { RestView } from './rest-view.ts'
import type { PaceTerms } from './pace-terms.ts'
import type { LoadView } from './load-view.ts'
import type { ShadowTerms } from './shadow.ts'
import type { CanaryTerms, SplitTerms } from './split.ts'
import type { TierRequest, Target } from './target.ts'

/** A target of a route, with its share among the others. */
export interface RouteTarget {
  readonly target: Target
  readonly weight: number
}

/** What targets may be ranked by, besides what each says of itself: price, capabilities, region. */
export interface RankQuestion {
  readonly route: Pick<Route, 'name'>
  readonly features: RequestFeatures
  readonly rests: RestView
  readonly load: LoadView
  readonly random: Random
  /** Requests that belong together should meet the same target while it is there. */
  readonly affinity?: Affinity | undefined
  /** The wish for service at another price. */
  readonly service?: TierRequest | undefined
  /** What money is worth beyond its amount, because a budget of the caller would not last; see `shadowPrice`. Absent: nothing. */
  readonly shadowPrice?: number | undefined
}

/** A target at its rank. A `RouteTarget` is one, so that an order alone costs nothing. */
export interface RankedTarget {
  readonly target: Target
  /** Short facts behind the rank, for example `$0.0021`. */
  readonly detail?: string
  /** What the strategy went by; the lower, the better. Absent where it goes by nothing that can be compared. */
  readonly score?: number
  /** Why it stands first, where that was not for the strategy to say. */
  readonly reason?: string
}

/**
 * Where a strategy lets requests be kept that belong together: `nowhere`, as its order is the operator's word; at any of its targets
 * (`anywhere`); at those that it holds for about equal to its best (`among-equals`); or at equal ones, where what leaving a warm cache
 * costs is part of its scores (`until-cheaper`).
 */
export type KeepsTogether = 'nowhere' | 'anywhere' | 'among-equals' | 'until-cheaper'

/** How a route puts its targets in order: a strategy (`routing/strategies/`) with the options that the route gives it. */
export interface Ranking {
  /** Name of the strategy. */
  readonly strategy: string
  /** Why the first one is first, as decisions spell it. */
  readonly reason: string
  readonly usesWeights: boolean
  /** What it wants to know of what it chose before: how much everybody has had, or who was first the last time. */
  readonly remembers: 'nothing' | 'shares' | 'last'
  readonly usesBudget: boolean
  readonly keepsTogether: KeepsTogether
  readonly options: JsonObject
  /** The targets, all of which are eligible, best first. Pure: equal questions give equal orders. */
  readonly rank: (targets: readonly RouteTarget[], question: RankQuestion) => readonly RankedTarget[]
}

/** A public model name and how a target is chosen for it. */
export interface Route {
  readonly name: string
  /**
   * Where what is done depends on the request: the ways of doing it, of which the first is taken whose condition holds. What the
   * route says itself is then only what holds for all of them: whom they may ask between them, and how long it may take at most.
   */
  readonly steps?: readonly RouteStep[]
  /** The name of the step that this is. */
  readonly step?: string
  /** Why whoever takes this step is refused, in the operator's words; it has no targets then, and nobody is asked. */
  readonly refuses?: string
  /** What holds for every attempt, and for whatever is asked on behalf of the exchange. */
  readonly only?: readonly Constraint[]
  readonly ranking: Ranking
  readonly targets: readonly RouteTarget[]
  /** Tried in order after `targets`. */
  readonly fallback: readonly RouteTarget[]
  /** Attempts in all, first included. */
  readonly maxAttempts: number
  /** How often one target is asked again when it failed for a moment, before the next one is. */
  readonly retries: number
  /** Milliseconds for all attempts together. */
  readonly deadlineMs: number
  /** Failure codes that lead to the next target in addition to the table's own. */
  readonly alsoFailOver: readonly FailureCode[]
  readonly strict: boolean
  /** What makes an answer good enough to be shown. Absent: that it is one. */
  readonly accept?: Acceptance
  /** Are marks set for the prompt caches of providers that want them? Absent: only the client's own. */
  readonly marksPrompts?: true
  /** May models of different names answer what is not interchangeable? */
  readonly mixesModels: boolean
  readonly unpriced: Unpriced
  /** When attempts are begun beside others. Absent: they follow one another, and no answer is paid twice. */
  readonly pace?: PaceTerms
  /** What more is said of trying again. */
  readonly again?: AgainTerms
  /** Who is asked first after a failure, each as a route of its own. */
  readonly leads?: ReadonlyMap<FailureCode, Route>
  /** Absent: no request is kept near others. */
  readonly affinity?: AffinityTerms
  /** Absent: all requests go the same way. One of the two at most. */
  readonly split?: SplitTerms<Route>
  readonly canary?: CanaryTerms<Route>
  /** Absent: nobody else is asked. */
  readonly shadow?: ShadowTerms
  /** Absent: answers are kept only where a request asks for it. */
  readonly cache?: CacheTerms
  /** True where it matters how far the budgets of the caller are used. */
  readonly goesByBudget?: boolean
}

/** Everybody whom a route may ask, its fallbacks behind its own. */
export function entriesOf({
  targets,
  fallback,
}: Pick<Route, 'targets' | 'fallback'>): readonly RouteTarget[] {
  return fallback.length === 0 ? targets : [...targets, ...fallback]
}

/** One of the ways of a route: a whole route of the same name. */
export interface RouteStep {
  readonly name: string
  /** Absent: always; the last step has none. */
  readonly when?: Condition
  readonly route: Route
}

/** A route that takes requests whatever name they ask for. */
export interface RouteMatch {
  /** For which requests. It reads nothing that is not known before a route is. */
  readonly when: Condition
  readonly route: Route
}

/**
 * Who may use a model without a known price: everybody, callers without budgets, or nobody. A budget cannot hold what has no
 * price, and would be passed by without ever being spent.
 */
export type Unpriced = 'allow' | 'without-budget' | 'deny'

/** May a caller be sent to a model without a price by this route? */
export function allowsUnpriced({ unpriced }: Route, isBudgeted: boolean): boolean {
  return unpriced === 'allow' || (unpriced === 'without-budget' && !isBudgeted)
}
