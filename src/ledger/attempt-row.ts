import type { Attempt, AttemptResult } from '../exchange/exchange.ts'
import type { Price } from '../exchange/target.ts'
import { NO_USAGE, type Usage } from '../exchange/usage.ts'
import { costOf } from '../pricing/cost.ts'
import type { LedgerRow } from '../store/store.ts'
import type { AttemptIdentity, AttemptIntent } from './attempt-intent.ts'

/** What the row of an attempt needs besides the attempt itself. */
export interface AttemptFacts {
  /** When the attempt began, wall time: decides its price, and the window that it counts in. */
  readonly atMs: number
  /** The price at that time; absent: unpriced. */
  readonly price?: Price
}

/** The announcement of an attempt that is about to be sent. */
export function toAttemptIntent(
  attempt: Attempt,
  { estimatedInputTokens, ...facts }: AttemptFacts & { readonly estimatedInputTokens: number },
): AttemptIntent {
  const { price } = facts
  return {
    ...identityOf(attempt, facts),
    estimatedInputTokens,
    ...(price === undefined
      ? {}
      : { estimatedCostNanoUsd: costOf({ ...NO_USAGE, inputTokens: estimatedInputTokens }, price) }),
  }
}

/**
 * The row of an attempt that is over. Audio and hidden tokens are counted with their plain siblings: the row tells how much was used, the
 * cost tells what each of it was worth. An attempt that used nothing costs nothing, priced or not.
 */
export function toAttemptRow(attempt: Attempt, result: AttemptResult, facts: AttemptFacts): LedgerRow {
  const usage = result.usage ?? NO_USAGE
  const cost = costIn(result, facts.price)
  return {
    ...identityOf(attempt, facts),
    outcome: result.outcome,
    ...(result.status === undefined ? {} : { status: result.status }),
    durationMs: result.durationMs,
    inputTokens: usage.inputTokens + usage.inputAudioTokens + usage.hiddenInputTokens,
    cacheReadTokens: usage.cacheReadTokens,
    cacheWriteTokens: usage.cacheWriteTokens,
    cacheWriteLongTokens: usage.cacheWriteLongTokens,
    outputTokens: usage.outputTokens + usage.outputAudioTokens + usage.hiddenOutputTokens,
    reasoningTokens: usage.reasoningTokens,
    basis: basisOf(result.usage),
    ...(cost === undefined ? {} : { costNanoUsd: cost }),
  }
}

function identityOf(
  { id, ordinal, exchange, target }: Attempt,
  { atMs, price }: AttemptFacts,
): AttemptIdentity {
  const { caller, route } = exchange
  return {
    id,
    requestId: exchange.id,
    ordinal,
    atMs,
    keyId: caller?.keyId ?? '',
    ...(caller?.project === undefined ? {} : { project: caller.project }),
    route: route?.name ?? exchange.request.model,
    target: target.id,
    provider: target.provider,
    model: target.model,
    ...(price === undefined ? {} : { priceId: price.id }),
    simulated: target.simulated,
  }
}

function basisOf(usage: Usage | undefined): LedgerRow['basis'] {
  if (usage === undefined) return 'none'
  return usage.estimated ? 'estimated' : 'reported'
}

/** The cost that the result carries; it is computed here only when the result does not say. */
function costIn({ usage, costNanoUsd }: AttemptResult, price: Price | undefined): bigint | undefined {
  if (costNanoUsd !== undefined) return costNanoUsd
  if (usage === undefined) return 0n
  return price === undefined ? undefined : costOf(usage, price)
}
