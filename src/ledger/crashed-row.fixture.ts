import type { LedgerRow } from '../store/store.ts'

/** The announcement of an attempt, with what matters to a test replaced. */
export function crashedRow(id: string, changes: Partial<LedgerRow> = {}): LedgerRow {
  return {
    id,
    requestId: 'req_1',
    ordinal: 1,
    atMs: 1_767_225_600_000,
    keyId: 'key000000001',
    route: 'smart',
    target: 'acme/large',
    provider: 'acme',
    model: 'large',
    simulated: false,
    outcome: 'crashed',
    durationMs: 0,
    inputTokens: 100,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    cacheWriteLongTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    basis: 'crash-estimate',
    costNanoUsd: 50n,
    ...changes,
  }
}
