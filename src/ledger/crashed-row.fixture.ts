import { NO_COUNTS } from '../exchange/units.ts'
import type { LedgerRow } from '../store/store.ts'

/** The announcement of an attempt, with what matters to a test replaced. */
export function crashedRow(id: string, changes: Partial<LedgerRow> = {}): LedgerRow {
  return {
    id,
    requestId: 'req_1',
    ordinal: 1,
    atMs: 1_767_225_600_000,
    owners: { key: 'key000000001' },
    route: 'smart',
    target: 'acme/large',
    provider: 'acme',
    model: 'large',
    simulated: false,
    outcome: 'crashed',
    durationMs: 0,
    usage: { ...NO_COUNTS, inputTokens: 100 },
    basis: 'crash-estimate',
    costNanoUsd: 50n,
    ...changes,
  }
}
