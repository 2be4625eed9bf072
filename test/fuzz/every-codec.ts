import type { RequestContext, RequestHead, EncodeContext, DecodeContext } from '../../src/dialects/dialect.ts'
import { DIALECTS } from '../../src/dialects/all.ts'
import { listEndpoints, type ListedEndpoint } from '../../src/dialects/list-endpoints.ts'
import type { ModelRequest } from '../../src/exchange/operations/all.ts'

/*
 * Every codec of the house, as the list of dialects has them: a further dialect is fuzzed without a line here.
 */

/** Every endpoint at which something is asked, and who speaks there. */
export const ENDPOINTS: readonly ListedEndpoint[] = DIALECTS.flatMap(listEndpoints)

/** Every codec, once. */
export const CODECS: readonly ListedEndpoint[] = ENDPOINTS.filter(
  ({ codec, endpoint }) => codec.endpoints[0] === endpoint,
)

/** The name of an endpoint in tests. */
export function named<Of extends ListedEndpoint>(of: Of): [string, Of] {
  return [`${of.dialect.name}, ${of.operation}, ${of.endpoint}`, of]
}

/** What a client says beside its body. */
export function headFor(
  { endpoint }: ListedEndpoint,
  params: Readonly<Record<string, string>> = PARAMS,
): RequestHead {
  return { endpoint, params, query: new URLSearchParams(), headers: new Headers() }
}

const PARAMS = { model: 'm', response_id: 'resp_1' }

/** What is known of a target that has no peculiarities. */
export const TARGET: RequestContext = {
  model: 'theirs',
  capabilities: {},
  quirks: {},
  headers: {},
  notice() {},
}

/** What the writer of an answer is told. */
export function writingFor(request: ModelRequest): EncodeContext {
  return {
    request,
    requestId: 'req_1',
    model: 'm',
    createdMs: 0,
    estimatedInputTokens: 1,
    notice() {},
  }
}

/** What the reader of an answer is told. */
export function readingFor(request: ModelRequest): DecodeContext {
  return { request, quirks: {} }
}
