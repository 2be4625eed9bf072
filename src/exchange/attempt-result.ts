import type { NanoUsd } from '../kit/money.ts'
import type { Failure } from './failure.ts'
import type { FailureCode } from './failure-table.ts'
import type { Lane } from './response.ts'
import type { Usage } from './usage.ts'

export type AttemptOutcome = 'ok' | 'cancelled' | FailureCode

/** What became of one attempt; the ledger keeps it for ever, the trail for the length of the exchange. */
export interface AttemptResult {
  readonly id: string
  readonly target: string
  readonly credential: string
  readonly lane: Lane
  readonly outcome: AttemptOutcome
  /** The provider's HTTP status, when there was one. */
  readonly status?: number
  readonly durationMs: number
  /** Until the first semantic event. */
  readonly firstEventMs?: number
  readonly usage?: Usage
  /** Absent: unpriced. */
  readonly costNanoUsd?: NanoUsd
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
