import type { RequestRow } from '../store/store.ts'
import type { EndpointMatch } from './endpoints.ts'

/** What is known of a request that never became an exchange. */
export interface Bare {
  readonly requestId: string
  readonly atMs: number
  readonly match: EndpointMatch
  /** `ok`, or the code of a failure. */
  readonly outcome: string
  /** As the client was told. */
  readonly status: number
  readonly planVersion: string
}

/** The line of a request that never became an exchange: nobody was asked, and nothing was used. */
export function bareRow({ requestId, atMs, match, outcome, status, planVersion }: Bare): RequestRow {
  return {
    id: requestId,
    atMs,
    dialect: match.dialect.name,
    operation: match.operation,
    stream: false,
    // The body was not read, or could not be.
    requestedModel: '',
    owners: {},
    outcome,
    status,
    durationMs: 0,
    upstreamMs: 0,
    inputTokens: 0,
    outputTokens: 0,
    estimated: false,
    simulated: false,
    attempts: '',
    notices: '',
    planVersion,
  }
}
