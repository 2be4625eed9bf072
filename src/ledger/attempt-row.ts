import type { Attempt, AttemptResult } from '../exchange/exchange.ts'
import type { Price } from '../exchange/target.ts'
import { NO_USAGE, type Usage } from '../exchange/usage.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { LedgerRow } from '../store/store.ts'
import type { AttemptIdentity, AttemptIntent } from './attempt-intent.ts'

/** The price of a usage in nano-USD, rounded up once. */
export type CostOf = (usage: Usage, price: Price) => NanoUsd

/** What an intent needs besides the attempt. */
export interface IntentFacts {
  /** When the attempt begins, wall time: decides the budget windows that it counts in. */
  readonly atMs: number
  /** The estimate of the input. */
  readonly inputTokens: number
  readonly costOf: CostOf
}

/** The announcement of an attempt that is about to be sent: enough to charge it should the process die. */
export function toAttemptIntent(attempt: Attempt, { atMs, inputTokens, costOf }: IntentFacts): AttemptIntent {
  const { price } = attempt.target
  return {
    ...identityOf(attempt, atMs),
    estimatedInputTokens: inputTokens,
    ...(price === undefined
      ? {}
      : { estimatedCostNanoUsd: costOf({ ...NO_USAGE, inputTokens, estimated: true }, price) }),
  }
}

/** What a row needs besides the attempt and its result. */
export interface RowFacts {
  /** When the attempt began, the same as in its intent. */
  readonly atMs: number
  /** What the usage of the result is founded on. */
  readonly basis: LedgerRow['basis']
}

/**
 * The row of an attempt that is over. Audio and hidden tokens are counted with their plain siblings: the row tells how much was used, the
 * cost tells what each of it was worth. An attempt that used nothing costs nothing, priced or not.
 */
export function toAttemptRow(attempt: Attempt, result: AttemptResult, { atMs, basis }: RowFacts): LedgerRow {
  const usage = result.usage ?? NO_USAGE
  const costNanoUsd = result.usage === undefined ? 0n : result.costNanoUsd
  return {
    ...identityOf(attempt, atMs),
    outcome: result.outcome,
    ...(result.status === undefined ? {} : { status: result.status }),
    durationMs: result.durationMs,
    inputTokens: usage.inputTokens + usage.inputAudioTokens + usage.hiddenInputTokens,
    cacheReadTokens: usage.cacheReadTokens,
    cacheWriteTokens: usage.cacheWriteTokens,
    cacheWriteLongTokens: usage.cacheWriteLongTokens,
    outputTokens: usage.outputTokens + usage.outputAudioTokens + usage.hiddenOutputTokens,
    reasoningTokens: usage.reasoningTokens,
    basis,
    ...(costNanoUsd === undefined ? {} : { costNanoUsd }),
  }
}

function identityOf({ id, ordinal, exchange, target }: Attempt, atMs: number): AttemptIdentity {
  const { caller, request, route } = exchange
  return {
    id,
    requestId: exchange.id,
    ordinal,
    atMs,
    keyId: caller?.keyId ?? '',
    ...(caller?.project === undefined ? {} : { project: caller.project }),
    route: route?.name ?? request.model,
    target: target.id,
    provider: target.provider,
    model: target.model,
    ...(target.price === undefined ? {} : { priceId: target.price.id }),
    simulated: target.simulated,
  }
}
