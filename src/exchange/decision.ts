import type { Finding } from './acceptance.ts'
import type { AttemptResult } from './attempt-result.ts'
import type { CacheStep } from './cache.ts'
import type { SimilarStep } from './similar.ts'
import type { ContentMode } from './content-record.ts'
import type { GuardStep, RestoreStep } from './guard.ts'
import type { SplitUnit } from './split.ts'
import type { FilterReason } from './filter-reasons.ts'

/** The name that was asked for led to a route of another name. */
interface AliasStep {
  readonly step: 'alias'
  readonly from: string
  readonly to: string
}

/** Routes take requests by conditions, whatever name they ask for. */
export interface MatchStep {
  readonly step: 'match'
  /** The name that was asked for. */
  readonly from: string
  /** The first route whose condition held; absent where none did. */
  readonly to?: string
  /** Routes before it whose conditions could not be said. */
  readonly failed?: readonly string[]
}

/** The request was asked before under the same idempotency key, and got what that one got. */
interface ReplayStep {
  readonly step: 'replay'
  /** Id of the request that was answered first. */
  readonly of: string
}

/** The request goes on from stored answers, so many of which stand before it. */
interface ResumeStep {
  readonly step: 'resume'
  readonly answers: number
  /** The target that stores them as well, and is asked first for that. */
  readonly holder?: string
}

/** The conditions of a route's steps were asked in order, until one held. */
export interface ConditionStep {
  readonly step: 'condition'
  /** The step whose condition held, or that has none. */
  readonly picked: string
  /** Steps before it whose conditions did not hold. */
  readonly unmet?: readonly string[]
  /** Steps before it whose conditions could not be said: something that they need is absent. */
  readonly failed?: readonly string[]
  /** True where the step refuses whoever takes it. */
  readonly refused?: true
}

/** The requests of the route are divided, and this one goes the way of an arm. */
export interface SplitStep {
  readonly step: 'split'
  readonly arm: string
  /** By what it was assigned, and the bucket of that, of 10,000. */
  readonly unit: SplitUnit
  readonly bucket: number
  /** The share of requests that goes this way. */
  readonly propensity: number
  /** True where the request itself asked for the arm. */
  readonly forced?: true
}

/** A target that may not be asked, with short facts behind the reason, for example `needs 9000, has 8192`. */
export interface FilteredTarget {
  readonly target: string
  readonly reason: FilterReason
  readonly detail?: string
}

/** Targets of the route were left out. */
export interface FilterStep {
  readonly step: 'filter'
  readonly targets: readonly FilteredTarget[]
}

/** The reason where nothing was eligible and the least bad target is tried all the same. */
export const LAST_RESORT = 'last-resort'

/** The reason where requests that belong together are kept at one target. */
export const KEPT_TOGETHER = 'affinity'

/** The reason where a conversation was too long for a target, and those that are known to take more are asked before the others. */
export const LARGER_CONTEXT = 'larger-context'

/** The reason where targets are asked first because the route has them for what has failed. */
export const FOR_THIS_FAILURE = 'for-this-failure'

/** The reason where the request names who is to be asked first. */
export const PREFERRED = 'preferred'

/** The eligible targets were put in order, best first. */
export interface RankStep {
  readonly step: 'rank'
  readonly strategy: string
  /** Why the first one is first: the strategy's own reason, `KEPT_TOGETHER` or `LAST_RESORT`. */
  readonly reason: string
  readonly targets: readonly { readonly target: string; readonly detail?: string }[]
}

/** An attempt is over. */
interface AttemptStep {
  readonly step: 'attempt'
  readonly result: AttemptResult
}

/** An answer was looked at before it was shown, or, where it was `shown` already, for the record. */
interface VerdictStep {
  readonly step: 'verdict'
  /** Id of its attempt. */
  readonly attempt: string
  readonly target: string
  /** From 1: how many answers were dropped before it, and it. */
  readonly rung: number
  readonly says: Finding['says']
  readonly objections?: Finding['objections']
  readonly shown?: true
}

/** The session has had answers of the first model dropped, so that it is asked last. */
interface ClimbStep {
  readonly step: 'climb'
  /** The target that would have been the first. */
  readonly past: string
  readonly answers: number
}

/** What checking answers has saved, or cost, against asking the last rung at once. */
interface SavingsStep {
  readonly step: 'savings'
  readonly premium: string
  /** What the answer would have cost there. */
  readonly premiumUsd: string
  /** What was paid for the request: all attempts, and all that was asked on its behalf. */
  readonly spentUsd: string
  readonly savedUsd: string
}

/** What became of attempts that were begun, or were to be, beside others. */
export interface BesideStep {
  readonly step: 'race' | 'hedge'
  /**
   * A target that was asked beside the first one has won, or lost, or all have failed; or none was, because the allowance was used up, or
   * because it would have been of no use.
   */
  readonly outcome: 'won' | 'lost' | 'failed' | 'refused-by-budget' | 'off'
  /** Why it would have been of no use. */
  readonly reason?: 'errors' | 'everything-slow' | 'slow-together'
  /** When the first of them was begun, since the exchange began. */
  readonly startedMs?: number
  /** Whose answer the client gets. */
  readonly winner?: string
  /** What those cost that lost. */
  readonly extraCostUsd?: string
}

/** An answer broke off when some of it was shown, on a route that has such answers gone on with. */
export interface ContinueStep {
  readonly step: 'continue'
  /** Another attempt goes on; all who were asked have failed; nobody could be asked; or it is no answer that could be gone on with. */
  readonly outcome: 'continued' | 'failed' | 'refused' | 'unfit'
  /** Why nobody was asked. */
  readonly reason?: ContinueRefusal
  /** Id of the attempt that broke off. */
  readonly attempt: string
  readonly from: string
  /** Who goes on, and how it was told to: by the beginning of the answer as its own, or by an instruction behind it. */
  readonly to?: string
  readonly by?: 'prefill' | 'instruction'
  /** How much text was shown before. */
  readonly characters: number
}

/**
 * Why an answer is not gone on with: it is not one plain text that is still open (`not-text`), or too long for that (`too-long`); nobody
 * is left who could be asked (`nobody`); it has reached the limit that the client set (`at-limit`); attempts, time or money do not reach (`purse`), or the exchanges together have tried again too much (`retry-budget`).
 */
export type ContinueRefusal = 'not-text' | 'too-long' | 'nobody' | 'at-limit' | 'purse' | 'retry-budget'

/** There was no room at a cap of a target, or a limit was reached (`gate`): one waited there in line, or was turned away. */
interface QueueStep {
  readonly step: 'queue'
  /** Absent at a limit of the gateway's own. */
  readonly target?: string
  readonly gate: string
  readonly outcome: 'entered' | 'refused' | 'left'
  /** How many waited when it came, it included; 0 where there is no line, or it was full. */
  readonly position: number
  readonly waitedMs: number
}

/** What is said may be kept, where the plan keeps anything of anybody. */
interface ContentStep {
  readonly step: 'content'
  readonly keep: ContentMode
  /** Whose rule it is: `default`, `route`, `project`, `key` or `request`. */
  readonly by: string
}

/**
 * One step on the way to an answer. Steps are kept in the order in which they were taken and never changed afterwards. They are
 * plain facts that JSON can hold; what there is to say of each kind stands in `decision-steps.ts`.
 */
export type DecisionStep =
  | AliasStep
  | MatchStep
  | ReplayStep
  | ResumeStep
  | ConditionStep
  | SplitStep
  | FilterStep
  | RankStep
  | AttemptStep
  | VerdictStep
  | ClimbStep
  | SavingsStep
  | BesideStep
  | ContinueStep
  | QueueStep
  | ContentStep
  | GuardStep
  | RestoreStep
  | CacheStep
  | SimilarStep

const REQUEST = 'req_'
const DECISION = 'dec_'

/** The id of a request's decision: the same characters under another prefix, so that either leads to the other. */
export function decisionIdOf(requestId: string): string {
  return DECISION + requestId.slice(REQUEST.length)
}

/** The request that an id means: its own id, or that of its decision. */
export function requestIdOf(id: string): string {
  return id.startsWith(DECISION) ? REQUEST + id.slice(DECISION.length) : id
}
