/**
 * What of a request bears on the bill without having a place in the canonical model: members that only some servers know, by
 * the most generous reading that any of them gives. A reservation goes by it, a translation does not. Absent: adds nothing.
 */
export interface Bearing {
  /** The longest answer that a member asks for, tokens. */
  readonly outputTokens?: number
  /** True when one asks for an answer without an end, which ends where the model does. */
  readonly endless?: boolean
  /** Output that may be charged beside the limit of the answer: reasoning with a budget of its own, predictions. */
  readonly besideTokens?: number
  /** Answers that are written, of which perhaps fewer are given. */
  readonly choices?: number
  /** Input that stands in such members, or that they only refer to. */
  readonly inputTokens?: number
  /** How often the provider may run tools of its own before it answers. */
  readonly toolRuns?: number
  /** True when the answer may be spoken. */
  readonly audio?: boolean
  /** True when it is to be spoken. */
  readonly speech?: boolean
  /** Words that ask for service at another price than the usual one, `priority` or `fast`; `auto` leaves it to the provider. */
  readonly serviceTiers?: readonly string[]
  /** Paths of members by which a router would choose another model, or the same one elsewhere at another price. */
  readonly otherModels?: readonly string[]
}
