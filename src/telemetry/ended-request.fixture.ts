import type { EndedRequest } from './ended-request.ts'

/** A request that went well and came to no target, with the changes. */
export function endedRequest(changes: Partial<EndedRequest> = {}): EndedRequest {
  return {
    id: 'req_1',
    trace: { traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1' },
    dialect: 'one',
    operation: 'chat',
    path: '/v1/chat/completions',
    stream: false,
    requestedModel: 'smart',
    tags: [],
    client: '',
    outcome: 'ok',
    status: 200,
    atMs: 1_767_225_600_000.25,
    durationMs: 10,
    upstreamMs: 9,
    inputTokens: 0,
    outputTokens: 0,
    simulated: false,
    estimated: false,
    owners: {},
    planVersion: '1-test',
    notices: '',
    attempts: [],
    steps: [],
    ...changes,
  }
}
