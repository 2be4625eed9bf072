import type { Constraint } from '../exchange/constraint.ts'
import type { FilterStep, RankStep } from '../exchange/decision.ts'
import type { Operation } from '../exchange/operations/all.ts'
import type { RankQuestion, Route } from '../exchange/route.ts'
import type { Target } from '../exchange/target.ts'
import type { Refusal } from './refuse-by-facts.ts'
import type { Wishes } from './wishes.ts'

/** Everything the choice is made from; equal inputs give equal choices. */
export interface ChoiceQuestion extends RankQuestion {
  readonly route: Route
  /** What every target must fulfil. */
  readonly only?: readonly Constraint[] | undefined
  /** What the request wishes beside that; absent: nothing. */
  readonly wishes?: Wishes | undefined
  /** Targets that the request wants to be asked before the others: the place of each, by its id. */
  readonly order?: ReadonlyMap<string, number> | undefined
  /** What is asked of the model. */
  readonly operation: OperationTerms
  /** May the caller use a target, whichever route leads to it? Absent: any. */
  readonly permits?: ((target: string) => boolean) | undefined
  /** Who is known already not to be for this exchange, by id. */
  readonly barred?: ReadonlyMap<string, Refusal>
  /** True when what is spent is counted against a budget. */
  readonly isBudgeted?: boolean
}

/** What of an operation bears on the choice. */
export interface OperationTerms {
  readonly name: Operation
  readonly interchangeable: boolean
}

/** A target to try. */
export interface Candidate {
  readonly target: Target
  /** Everything was resting and this one is the least bad: it is tried before its rest is over. */
  readonly lastResort: boolean
  /** It rests, and is asked all the same, because most of the route does and answers in part. */
  readonly inPanic?: boolean | undefined
}

/** The outcome: candidates in the order of trying, and the steps that led to them, in which every target of the route stands. */
export interface Choice {
  readonly candidates: readonly Candidate[]
  /** Absent when nothing was left out. */
  readonly filter?: FilterStep
  /** Absent when nothing can be tried. */
  readonly rank?: RankStep
  /** With no candidate at all: milliseconds until the first of the limited credentials is free again, when it is that. */
  readonly retryAfterMs?: number
}
