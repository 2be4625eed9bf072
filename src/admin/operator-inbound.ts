import type { ModelRequest } from '../exchange/operations/all.ts'
import type { Inbound } from '../gateway/gateway.ts'

/** Stands for a client's dialect: no target speaks it, so every answer is read. */
const OWN_DIALECT = 'gatehouse'

/** From where in the admin API something is asked, and until when. */
export interface OperatorPlace {
  readonly path: string
  /** The program by which its requests are told from others (`client:playground`). */
  readonly client: string
  readonly signal: AbortSignal
}

/** What is asked from a screen of the operator, as the gateway takes it. */
export function operatorInbound(request: ModelRequest, { path, client, signal }: OperatorPlace): Inbound {
  return {
    dialect: OWN_DIALECT,
    request,
    envelope: {
      header: (name) => (name.toLowerCase() === 'user-agent' ? client : undefined),
      forwarded: {},
      address: '',
      path,
      hops: 0,
      traceparent: undefined,
    },
    requestOptions: {},
    signal,
  }
}
