import type { UsageBasis } from '../../exchange/attempt-result.ts'
import type { CancelBilling } from '../../exchange/target.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { FailureRow } from '../../exchange/failure-table.ts'
import { NO_USAGE, totalInput, totalOutput, withAnomaly, type Usage } from '../../exchange/usage.ts'
import { defined } from '../../kit/defined.ts'
import { deliveredTokens, type Observation } from './observe.ts'

/** What an estimate starts from. */
export interface BillingTerms {
  /** Estimate of the input. */
  readonly inputTokens: number
  /** Searches that are charged; absent where none are. */
  readonly searches?: number | undefined
  /** The most output that was allowed. */
  readonly mostOutputTokens: number
  /** The most output that can have been written in the time that it took. */
  readonly mostWrittenTokens: number
  /** How fast the target writes, all choices together. */
  readonly tokensPerSecond: number
  /** What is charged for a stream that is hung up on; absent: the whole answer may be, or it is none. */
  readonly cancelled?: CancelBilling | undefined
}

/** What goes into the ledger for an attempt. */
export interface Billed {
  readonly basis: UsageBasis
  /** Absent with the basis `none`. */
  readonly usage?: Usage
  /** The most output tokens that may turn out to be on the bill; absent where the bill is known. */
  readonly mostOutputTokens?: number
}

const NOTHING: Billed = { basis: 'none' }

/**
 * Says what an attempt has to be charged with. What the provider reported comes first, and is the least; where it had no chance
 * to report, the estimate of the input, what was delivered, and the time in which it worked unseen stand in. A failure is
 * charged as its row in the table says, except that what was delivered or reported is always paid for.
 *
 * @param failure what ended the attempt; absent after a complete answer
 */
export function billedUsage(seen: Observation, terms: BillingTerms, failure?: Failure): Billed {
  const isDelivered = seen.characters + seen.frames > 0
  if (failure === undefined) return complete(seen, terms, isDelivered)
  if (!isDelivered && billingOf(failure, seen) === 'no') {
    return seen.usage === undefined ? NOTHING : { basis: basisOf(seen), usage: seen.usage }
  }
  if (seen.isFinal || seen.isFinished) return complete(seen, terms, isDelivered)
  return cutOff(seen, terms, failure)
}

/** What fails on our side behind the head of an answer does not make the provider's work undone. */
function billingOf({ row }: Failure, { isAnswered }: Observation): FailureRow['billed'] {
  return row.source !== 'provider' && isAnswered ? 'estimate' : row.billed
}

function basisOf({ usage, isFinal }: Observation): UsageBasis {
  return isFinal && usage?.estimated !== true ? 'reported' : 'reported-partial'
}

/** All of the answer was written. Some servers fill in zeros where they have not counted: that is no report. */
function complete(seen: Observation, terms: BillingTerms, isDelivered: boolean): Billed {
  const { usage, isFinal } = seen
  if (usage === undefined || !isFinal) return counted(seen, terms)
  if (!isDelivered) return { basis: basisOf(seen), usage }
  const whole = totalInput(usage) > 0 ? usage : withInput(withAnomaly(usage, 'no-input'), terms.inputTokens)
  if (totalOutput(whole) === 0) {
    return counted({ ...seen, usage: withAnomaly(whole, 'no-output') }, terms)
  }
  if (whole === usage) return { basis: basisOf(seen), usage }
  return { basis: 'reported-partial', usage: whole, mostOutputTokens: totalOutput(whole) }
}

function counted(seen: Observation, terms: BillingTerms): Billed {
  const output = seenOutput(seen)
  const most = Math.min(terms.mostOutputTokens, terms.mostWrittenTokens)
  return {
    basis: seen.usage === undefined ? 'counted' : 'reported-partial',
    usage: withOutput(knownUsage(seen, terms), output),
    mostOutputTokens: Math.max(output, most),
  }
}

/**
 * The provider may have written more than was delivered, and may go on writing, unless it is known to stop when we hang up. Also then
 * something may be on its way, or not be shown: no more than can have been written until now.
 */
function cutOff(seen: Observation, terms: BillingTerms, { row }: Failure): Billed {
  const cancelled = row.source === 'provider' ? undefined : terms.cancelled
  const stops = cancelled === 'stops' || cancelled === 'bills-generated'
  const least = seenOutput(seen)
  const unseen = cancelled === 'stops' ? 0 : Math.floor((seen.silentMs / 1_000) * terms.tokensPerSecond)
  const most = stops ? Math.min(terms.mostOutputTokens, terms.mostWrittenTokens) : terms.mostOutputTokens
  const output = Math.max(least, Math.min(deliveredTokens(seen) + unseen, most))
  const basis = output > least ? 'timed' : 'counted'
  return {
    basis: seen.usage === undefined ? basis : 'reported-partial',
    usage: withOutput(knownUsage(seen, terms), output),
    mostOutputTokens: Math.max(output, most),
  }
}

/** Output that is proven: what was delivered, or what was reported and delivered since, whichever is more. */
function seenOutput(seen: Observation): number {
  const delivered = deliveredTokens(seen)
  if (seen.usage === undefined) return delivered
  return Math.max(delivered, totalOutput(seen.usage) + delivered - seen.deliveredBefore)
}

function knownUsage({ usage }: Observation, { inputTokens, searches }: BillingTerms): Usage {
  if (usage === undefined) return { ...NO_USAGE, inputTokens, ...defined({ searches }), estimated: true }
  return totalInput(usage) > 0 ? usage : withInput(usage, inputTokens)
}

function withInput(usage: Usage, inputTokens: number): Usage {
  return { ...usage, inputTokens, estimated: true }
}

/** The usage with so much output in all; what is not known to be of another kind is plain. */
function withOutput(usage: Usage, output: number): Usage {
  const missing = Math.max(0, output - totalOutput(usage))
  return { ...usage, outputTokens: usage.outputTokens + missing, estimated: true }
}
