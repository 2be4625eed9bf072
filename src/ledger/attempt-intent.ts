import type { NanoUsd } from '../kit/money.ts'
import type { LedgerRow } from '../store/store.ts'

/** Everything of a ledger row that is known before an attempt is sent. */
export type AttemptIdentity = Pick<
  LedgerRow,
  | 'id'
  | 'requestId'
  | 'ordinal'
  | 'atMs'
  | 'keyId'
  | 'project'
  | 'route'
  | 'target'
  | 'provider'
  | 'model'
  | 'priceId'
  | 'simulated'
>

/** The announcement of an attempt: enough to write its row if the process dies before it is settled. */
export interface AttemptIntent extends AttemptIdentity {
  readonly estimatedInputTokens: number
  /** What the estimated input costs; absent: unpriced. */
  readonly estimatedCostNanoUsd?: NanoUsd
}

/** The outcome of an attempt whose process died. */
export const CRASHED = 'crashed'

/**
 * The row of an attempt that was announced and never settled: the provider has read the input and will charge for it.
 * What it had sent is not known and not invented.
 */
export function toCrashRow(intent: AttemptIntent): LedgerRow {
  const { estimatedInputTokens, estimatedCostNanoUsd, ...identity } = intent
  return {
    ...identity,
    outcome: CRASHED,
    durationMs: 0,
    inputTokens: estimatedInputTokens,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    cacheWriteLongTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    basis: 'crash-estimate',
    ...(estimatedCostNanoUsd === undefined ? {} : { costNanoUsd: estimatedCostNanoUsd }),
  }
}
