import type { Failure } from '../../exchange/failure.ts'
import type { FailureRow } from '../../exchange/failure-table.ts'
import { NO_USAGE, totalOutput, type Usage } from '../../exchange/usage.ts'
import type { LedgerRow } from '../../store/store.ts'

/** Characters of delivered text per token, as for input. */
const CHARACTERS_PER_TOKEN = 3.6

/** What was seen of a response while it passed. */
export interface Observed {
  /** The last usage that the provider reported. */
  usage?: Usage
  /** True when it was reported after the answer had finished, so that it covers all of it. */
  isFinal: boolean
  /** True when the answer was a count of tokens, which costs nothing. */
  isCount: boolean
  /** True once a response had begun: the provider has read the request. */
  isAnswered: boolean
  /** Characters of text, reasoning and arguments delivered. */
  characters: number
  /** Frames delivered unread; providers send about one token in each. */
  frames: number
}

/** What goes into the ledger for an attempt. */
export interface Billed {
  readonly basis: LedgerRow['basis']
  /** Absent with the basis `none`. */
  readonly usage?: Usage
}

const NOTHING: Billed = { basis: 'none' }

/**
 * Says what an attempt has to be charged with. What the provider reported comes first; where it had no chance to report, the
 * estimate of the input and what was delivered stand in. A failure is charged as its row in the table says, except that
 * delivered content is always paid for.
 *
 * @param failure what ended the attempt; absent after a complete answer
 * @param inputTokens estimate of the input
 */
export function billedUsage(observed: Observed, inputTokens: number, failure?: Failure): Billed {
  if (observed.isCount) return NOTHING
  const isDelivered = observed.characters + observed.frames > 0
  if (failure === undefined) {
    const told = isDelivered && saysNoOutput(observed) ? undefined : reported(observed)
    return told ?? estimated(observed, inputTokens)
  }
  switch (isDelivered ? 'estimate' : billingOf(failure, observed)) {
    case 'no':
      return NOTHING
    case 'usage':
      return reported(observed) ?? NOTHING
    case 'estimate':
      return (observed.isFinal ? reported(observed) : undefined) ?? estimated(observed, inputTokens)
  }
}

/** Some servers fill in zeros where they have not counted. */
function saysNoOutput({ usage }: Observed): boolean {
  return usage !== undefined && totalOutput(usage) === 0
}

/** What fails on our side behind the head of an answer does not make the provider's work undone. */
function billingOf({ row }: Failure, { isAnswered }: Observed): FailureRow['billed'] {
  return row.source !== 'provider' && isAnswered ? 'estimate' : row.billed
}

function reported({ usage }: Observed): Billed | undefined {
  if (usage === undefined) return undefined
  return { basis: usage.estimated ? 'estimated' : 'reported', usage }
}

/** A running report may hold the input and only the beginning of the output; the larger number is nearer to the bill. */
function estimated({ usage, characters, frames }: Observed, inputTokens: number): Billed {
  const delivered = Math.ceil(characters / CHARACTERS_PER_TOKEN) + frames
  const known = usage ?? { ...NO_USAGE, inputTokens }
  const rest = Math.max(0, delivered - known.reasoningTokens)
  return {
    basis: 'estimated',
    usage: { ...known, outputTokens: Math.max(known.outputTokens, rest), estimated: true },
  }
}
