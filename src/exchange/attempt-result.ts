import type { NanoUsd } from '../kit/money.ts'
import type { Failure } from './failure.ts'
import type { FailureCode } from './failure-table.ts'
import type { Lane } from './response.ts'
import type { Price } from './target.ts'
import type { Usage } from './usage.ts'

export type AttemptOutcome = 'ok' | 'cancelled' | FailureCode

/**
 * What the usage of an attempt is founded on: `reported` by the provider for all of the answer; `reported-partial` in part, the rest
 * worked out here from there; `counted` here by what was sent and delivered; `timed`: more was written than was delivered, estimated
 * by how long the provider was at work; `none`: nothing was used. The last word is told by the journal: `crash-estimate`, the
 * input of an attempt whose end is not known.
 */
export type UsageBasis = 'reported' | 'reported-partial' | 'counted' | 'timed' | 'crash-estimate' | 'none'

/** What became of one attempt; the ledger keeps it for ever, the trail for the length of the exchange. */
export interface AttemptResult {
  readonly id: string
  readonly target: string
  readonly credential: string
  /** Absent where no answer began: only then is it known what passed. */
  readonly lane?: Lane
  readonly outcome: AttemptOutcome
  /** The provider's HTTP status, when there was one. */
  readonly status?: number
  /** Since the exchange began. */
  readonly startedMs: number
  readonly durationMs: number
  /** Until the first semantic event. */
  readonly firstEventMs?: number
  readonly basis: UsageBasis
  readonly usage?: Usage
  /** What it is charged by; absent where nothing was used, or nothing is known. */
  readonly price?: Price
  /** Absent: unpriced. */
  readonly costNanoUsd?: NanoUsd
  /** What budgets are charged where the bill is not known: the most that it may still come to. Absent: what it cost. */
  readonly chargedNanoUsd?: NanoUsd
  readonly simulated: boolean
}

/** An attempt in the list that clients and logs get to see: by the provider's status, or by its outcome where that says more. */
export function attemptSummary({ target, status, outcome, durationMs }: AttemptResult): string {
  const hidden = outcome !== 'ok' && status !== undefined && status < 400
  return `${target}=${hidden ? outcome : (status ?? outcome)}/${Math.round(durationMs)}ms`
}

/** What an attempt's failure is called in the list; kept here so that all policies spell it the same. */
export function outcomeOf(failure: Failure): AttemptOutcome {
  return failure.code === 'client-gone' ? 'cancelled' : failure.code
}
