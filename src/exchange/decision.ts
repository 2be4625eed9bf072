/**
 * Why a candidate was or was not used, besides the reason that each strategy has for the first in its order. Closed list;
 * docs/decision-record.md explains each.
 */
export type VerdictReason =
  | 'next-in-order'
  | 'not-needed'
  | 'lacks-tools'
  | 'lacks-vision'
  | 'lacks-documents'
  | 'lacks-audio'
  | 'lacks-json-schema'
  | 'context-too-small'
  | 'key-forbids'
  | 'unpriced'
  | 'circuit-open'
  | 'credentials-exhausted'
  | 'last-resort'

export interface CandidateVerdict {
  readonly target: string
  readonly verdict: 'eligible' | 'filtered'
  /** A `VerdictReason`, or the strategy's. */
  readonly reason: string
  /** Short facts behind the reason, for example `needs 9000, has 8192`. */
  readonly detail?: string
}

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

/** The record of why a target was chosen; completed by the attempts of the exchange. */
export interface Decision {
  /** `dec_…`, made by `decisionIdOf`. */
  readonly id: string
  readonly route: string
  readonly planVersion: string
  readonly strategy: string
  readonly candidates: readonly CandidateVerdict[]
}
