import type { ChatRequest } from './chat.ts'
import type { JsonObject } from '../kit/json.ts'
import type { Choice } from './collect.ts'

/** One of the answers to a request, as far as it has come. */
export interface Evidence {
  readonly request: ChatRequest
  readonly choice: Choice
  /** False where only its beginning is known. */
  readonly isWhole: boolean
}

/** What a verifier finds: that an answer is good, nothing that it could say, or why it is not good enough. */
export type Verdict =
  | { readonly says: 'pass' }
  | { readonly says: 'nothing' }
  | {
      readonly says: 'reject'
      /** In a word or two, for records and metrics: one of the verifier's `reasons`. */
      readonly reason: string
      /** The numbers behind it. Never what was asked or said. */
      readonly detail?: string
    }

/** Looks at an answer without asking anybody. Pure, and linear in the length of the answer. */
export interface Verifier {
  readonly name: string
  /** What the file has set of it, with what holds where it says nothing. Absent: there is nothing to set. */
  readonly options?: JsonObject
  /** Can it reject what has only begun? Those that cannot are asked about whole answers alone. */
  readonly judgesBeginnings: boolean
  readonly judge: (evidence: Evidence) => Verdict
}

/** A model that is asked whether an answer is good. */
export interface JudgeTerms {
  /** The route by which it is asked. */
  readonly route: string
  /** The least score, from 0 to 1, of an answer that passes. */
  readonly atLeast: number
}

/** When a streamed answer may be shown: checked whole, checked as far as it has begun, or at once and checked afterwards, for the record. */
export type Showing = 'buffer' | 'probe' | 'none'

/** What makes an answer good enough to be shown, beyond that it is one. */
export interface Acceptance {
  readonly verifiers: readonly Verifier[]
  /** Asked last, and only about what the verifiers let pass. */
  readonly judge?: JudgeTerms
  /** Guardrails of which none may find anything in it, by their names; asked before the judge, about what the verifiers let pass. */
  readonly guardrails?: readonly string[]
  readonly stream: Showing
  /** What becomes of an answer by which the provider says that the model declines: it stays, or another is asked. */
  readonly refusals: 'stay' | 'escalate'
  /** What a client gets when no answer was good enough: the best of them with a notice, or a failure. */
  readonly otherwise: 'best' | 'fail'
}

/** One reason against an answer. */
export interface Objection {
  /** The verifier, or the judge. */
  readonly by: string
  readonly reason: string
  readonly detail?: string
}

/** What all who looked at an answer found. */
export interface Finding {
  /** `stays`: the model declines, and that is the answer. */
  readonly says: 'pass' | 'nothing' | 'stays' | 'reject'
  /** Empty where it says anything but `reject`. */
  readonly objections: readonly Objection[]
}
