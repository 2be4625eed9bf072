import type { RequestRow } from '../../src/store/store.ts'

/** When the lines of tests began, where nothing else is said. */
export const MIDNIGHT_MS = Date.UTC(2026, 0, 15)

/** A line of the request log with what matters to a test replaced. */
export function requestRow(id: string, changes: Partial<RequestRow> = {}): RequestRow {
  return {
    id,
    atMs: MIDNIGHT_MS,
    dialect: 'some-chat',
    operation: 'chat',
    stream: false,
    requestedModel: 'smart',
    owners: {},
    outcome: 'ok',
    status: 200,
    durationMs: 20.25,
    upstreamMs: 19,
    inputTokens: 10,
    outputTokens: 5,
    estimated: false,
    simulated: false,
    attempts: 'acme/large=200/20ms',
    notices: '',
    planVersion: '1-abc',
    ...changes,
  }
}
