import type { Attempt, AttemptResult } from '../../exchange/exchange.ts'
import type { Price } from '../../exchange/target.ts'
import { NO_USAGE, type Usage } from '../../exchange/usage.ts'
import type { NanoUsd } from '../../kit/money.ts'
import type { AttemptIdentity, AttemptIntent } from '../../ledger/attempt-intent.ts'
import type { LedgerRow } from '../../store/store.ts'
import type { Billed } from './billed-usage.ts'

/** What an intent needs besides the attempt. */
export interface IntentFacts {
  readonly inputTokens: number
  readonly atMs: number
  readonly costOf: (usage: Usage, price: Price) => NanoUsd
}

/** The announcement of an attempt, enough to charge it should the process die. */
export function toIntent(attempt: Attempt, { inputTokens, atMs, costOf }: IntentFacts): AttemptIntent {
  const { price } = attempt.target
  return {
    ...identityOf(attempt, atMs),
    estimatedInputTokens: inputTokens,
    ...(price === undefined
      ? {}
      : { estimatedCostNanoUsd: costOf({ ...NO_USAGE, inputTokens, estimated: true }, price) }),
  }
}

/** What a row needs besides the attempt. */
export interface RowFacts {
  readonly result: AttemptResult
  readonly billed: Billed
  readonly atMs: number
}

/** The ledger's row of an attempt that is over. Audio is counted with the text it came with; an attempt that used nothing costs nothing. */
export function toLedgerRow(attempt: Attempt, { result, billed, atMs }: RowFacts): LedgerRow {
  const usage = billed.usage ?? NO_USAGE
  const costNanoUsd = billed.usage === undefined ? 0n : result.costNanoUsd
  return {
    ...identityOf(attempt, atMs),
    outcome: result.outcome,
    ...(result.status === undefined ? {} : { status: result.status }),
    durationMs: result.durationMs,
    inputTokens: usage.inputTokens + usage.inputAudioTokens,
    cacheReadTokens: usage.cacheReadTokens,
    cacheWriteTokens: usage.cacheWriteTokens,
    cacheWriteLongTokens: usage.cacheWriteLongTokens,
    outputTokens: usage.outputTokens + usage.outputAudioTokens,
    reasoningTokens: usage.reasoningTokens,
    basis: billed.basis,
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
