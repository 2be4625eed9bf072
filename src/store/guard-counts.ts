import type { GuardVerdict } from '../exchange/guard.ts'
import type { LookedAt } from './request-query.ts'

/** Requests of which a guardrail has said something; of each the gravest that it said, over both phases. */
export interface VerdictCount {
  readonly guardrail: string
  readonly verdict: GuardVerdict
  /** True where it only said what it would have done. */
  readonly shadow: boolean
  readonly requests: number
}

/** How often a guardrail has found something, by the name of a detector. */
export interface DetectorCount {
  readonly guardrail: string
  readonly detector: string
  readonly found: number
}

/** How many placeholders of a guardrail were put back in answers. */
export interface RestoredCount {
  readonly guardrail: string
  /** Those whose values the requests say themselves. */
  readonly restored: number
  /** Those that were masked in other requests. */
  readonly remembered: number
}

/** What guardrails have said in a time. */
export interface GuardCounts {
  readonly verdicts: readonly VerdictCount[]
  /** The most frequent of each guardrail first. */
  readonly found: readonly DetectorCount[]
  readonly restored: readonly RestoredCount[]
  /** Where there were more lines than one may look at: what was looked at. */
  readonly lookedAt?: LookedAt
}
