import type { ListedEndpoint } from '../dialects/list-endpoints.ts'
import { OWN_HEADERS } from '../exchange/own-headers.ts'
import { parseJsonObject, readBoolean, readString, type JsonObject } from '../kit/json.ts'
import { serverOf } from './operations/all.ts'
import { checkCredential, readRequest } from './read-request.ts'
import { createSigner } from './signer.ts'
import { VendorError } from './vendor-error.ts'
import type { Vendor } from './vendors/vendor.ts'
import { headersOf, hexOf, type SimulatedApi, type ApiParts, type Visit } from './visit.ts'

/** Answers one request; rejects only when the other side left before its request was whole. */
export type ApiHandler = (request: Request, params: Visit['params']) => Promise<Response>

const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304])
const decoder = new TextDecoder()

/** Opens one endpoint of a dialect as a vendor runs it. */
export function createSimulatedApi(
  place: ListedEndpoint & { readonly vendor: Vendor },
  house: ApiParts,
): ApiHandler {
  const { dialect, vendor } = place
  const scheme = vendor.signatureScheme
  const slot = scheme === undefined ? undefined : { family: dialect.family, scheme }
  const signer = slot === undefined ? undefined : createSigner(slot, `simulated ${house.seed}`)
  const api: SimulatedApi = { ...house, ...place, signer }
  return async (request, params) => {
    const ordinal = house.nextOrdinal()
    const body = new Uint8Array(await request.arrayBuffer())
    const requestId = vendor.requestId(hexOf(api, 'request', ordinal))
    const visit: Visit = { api, ordinal, requestId, request, params, body }
    receive(visit)
    try {
      return await answer(visit)
    } catch (thrown) {
      if (thrown instanceof VendorError) return refuse(visit, thrown)
      throw thrown
    }
  }
}

function receive({ api, ordinal, requestId, request, body }: Visit): void {
  api.record.add(ordinal, request, body)
  const attemptId = request.headers.get(OWN_HEADERS.attempt)
  api.bill.add({
    ordinal,
    requestId,
    dialect: api.dialect.name,
    operation: api.operation,
    model: '',
    stream: false,
    outcome: 'open',
    receivedAtMs: api.clock.nowMs(),
    ...(attemptId === null ? {} : { attemptId }),
  })
}

function answer(visit: Visit): Response | Promise<Response> {
  const { api, ordinal, request } = visit
  checkCredential(request, api.secret, api.vendor)
  const body = api.codec.takesNoBody === true ? {} : parseJsonObject(decoder.decode(visit.body))
  if (body === undefined) throw new VendorError(400, 'We could not parse the JSON body of your request.')
  const model = visit.params['model'] ?? readString(body, 'model') ?? ''
  api.bill.update(ordinal, { model, stream: readBoolean(body, 'stream') ?? false })
  const asked = readRequest(visit, body)
  api.bill.update(ordinal, { stream: asked.stream })
  return serverOf(api.operation).answer(visit, asked)
}

function refuse(visit: Visit, error: VendorError): Response {
  const { api, ordinal, requestId } = visit
  api.bill.update(ordinal, { outcome: 'refused', status: error.status, endedAtMs: api.clock.nowMs() })
  const headers: Record<string, string> = { ...headersOf(visit), ...error.details.headers }
  if (error.status >= 300 && error.status < 400) headers['location'] = 'https://example.com/'
  const body: JsonObject = api.vendor.errorBody(error, requestId)
  if (NO_BODY.has(error.status)) return new Response(null, { status: error.status, headers })
  return Response.json(body, { status: error.status, headers })
}
