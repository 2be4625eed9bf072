/** Why a candidate was or was not used. Closed list; docs/decision-record.md explains each. */
export type VerdictReason =
  | 'first-in-order'
  | 'weighted-draw'
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
  readonly reason: VerdictReason
  /** Short facts behind the reason, for example `needs 9000, has 8192`. */
  readonly detail?: string
}

/** The record of why a target was chosen; completed by the attempts of the exchange. */
export interface Decision {
  /** `dec_…` */
  readonly id: string
  readonly route: string
  readonly planVersion: string
  readonly strategy: string
  readonly candidates: readonly CandidateVerdict[]
}
