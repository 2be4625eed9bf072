import type { ClientBody } from '../dialects/dialect.ts'
import { requestFeatures, type RawRequest, type RequestPlace } from '../exchange/exchange.ts'
import type { ModelRequest } from '../exchange/operations/all.ts'
import type { AuthenticatedCaller, Inbound } from '../gateway/gateway.ts'
import type { OpenExchange } from '../gateway/pipeline.ts'
import { setDefined, type Mutable } from '../kit/mutable.ts'
import { headOf, readConversationState, type RequestMemory } from './client-state.ts'
import type { EndpointMatch } from './endpoints.ts'
import type { IncomingRequest } from './incoming-request.ts'
import type { Steps } from './large-turns.ts'
import { parseBody, parseSteps, withModel, type ParsedBody } from './parse-body.ts'
import { readRequestOptions } from './read-options.ts'

const NO_BODY: ClientBody = { form: 'none' }

/** A request with its body, as far as it was read. */
export interface Sent {
  readonly incoming: IncomingRequest
  readonly match: EndpointMatch
  readonly bytes: Uint8Array
  readonly memory: RequestMemory
}

/** Understands a body and opens its exchange. Throws `Failure` where it cannot be understood. */
export function openRequest(sent: Sent, known: AuthenticatedCaller): OpenExchange {
  const { bytes, match } = sent
  if (match.method !== 'POST' || match.codec.takesNoBody === true) return known.open(inboundOf(sent, NO_BODY))
  return known.open(inboundOf(sent, bodyFor(match, parseBody(bytes))))
}

/** The body with the model that stands in the path, where one does. */
function bodyFor({ model }: EndpointMatch, body: ParsedBody): ParsedBody {
  return model === undefined ? body : withModel(body, model)
}

/** As `openRequest`, in steps. */
export function* openInSteps(sent: Sent, known: AuthenticatedCaller): Steps<OpenExchange> {
  const body = yield* parseSteps(sent.bytes)
  yield
  const opened = known.open(inboundOf(sent, bodyFor(sent.match, body)))
  yield
  // Several layers ask for it; for a long text it takes as long as parsing does.
  requestFeatures(opened.exchange)
  yield
  return opened
}

function inboundOf(sent: Sent, body: ClientBody): Inbound {
  const inbound = understand(sent, body)
  setDefined(inbound, 'state', readConversationState(sent, body))
  return inbound
}

/**
 * What the gateway is told of a request, but for what is stored that concerns it. Throws `Failure` where the dialect cannot read it, or
 * it asks for what there is not.
 */
export function understand(
  { match, incoming }: Pick<Sent, 'match' | 'incoming'>,
  body: ClientBody,
): Mutable<Inbound> {
  const { request, requestOptions } = match.codec.decodeRequest(body, headOf(incoming, match))
  return {
    dialect: match.dialect.name,
    request,
    raw: toRaw(body, request, match),
    envelope: incoming,
    requestOptions: readRequestOptions(incoming.sorted.own, requestOptions),
    signal: incoming.request.signal,
  }
}

/** What is kept of a body; what was parsed of it lives on in the request alone. */
function toRaw(body: ClientBody, says: ModelRequest, at: RequestPlace): RawRequest {
  return body.form === 'json'
    ? { form: 'json', bytes: body.bytes, scan: body.scan, says, at }
    : { ...body, says, at }
}
