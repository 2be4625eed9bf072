import type { ListedEndpoint } from '../dialects/list-endpoints.ts'
import { parseJsonObject, readBoolean, readString, type JsonObject } from '../kit/json.ts'
import { serverOf } from './operations/all.ts'
import { checkCredential, readRequest } from './read-request.ts'
import { createSealer } from './seal.ts'
import { VendorError } from './vendor-error.ts'
import type { Vendor } from './vendors/vendor.ts'
import { headersOf, hexOf, type Door, type DoorHouse, type Visit } from './visit.ts'

/** Answers one request; rejects only when the other side left before its request was whole. */
export type SimulatedDoor = (request: Request, params: Visit['params']) => Promise<Response>

const ATTEMPT_HEADER = 'x-gatehouse-attempt'
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304])
const decoder = new TextDecoder()

/** Opens one endpoint of a dialect as a vendor runs it. */
export function createSimulatedDoor(
  place: ListedEndpoint & { readonly vendor: Vendor },
  house: DoorHouse,
): SimulatedDoor {
  const { dialect, vendor } = place
  const scheme = vendor.sealScheme
  const slot = scheme === undefined ? undefined : { family: dialect.family, scheme }
  const sealer = slot === undefined ? undefined : createSealer(slot, `simulated ${house.seed}`)
  const door: Door = { ...house, ...place, sealer }
  return async (request, params) => {
    const ordinal = house.nextOrdinal()
    const body = new Uint8Array(await request.arrayBuffer())
    const requestId = vendor.requestId(hexOf(door, 'request', ordinal))
    const visit: Visit = { door, ordinal, requestId, request, params, body }
    receive(visit)
    try {
      return await answer(visit)
    } catch (thrown) {
      if (thrown instanceof VendorError) return refuse(visit, thrown)
      throw thrown
    }
  }
}

function receive({ door, ordinal, requestId, request, body }: Visit): void {
  door.record.add(ordinal, request, body)
  const attemptId = request.headers.get(ATTEMPT_HEADER)
  door.bill.add({
    ordinal,
    requestId,
    dialect: door.dialect.name,
    operation: door.operation,
    model: '',
    stream: false,
    outcome: 'open',
    receivedAtMs: door.clock.nowMs(),
    ...(attemptId === null ? {} : { attemptId }),
  })
}

function answer(visit: Visit): Response | Promise<Response> {
  const { door, ordinal, request } = visit
  checkCredential(request, door.secret, door.vendor)
  const body = parseJsonObject(decoder.decode(visit.body))
  if (body === undefined) throw new VendorError(400, 'We could not parse the JSON body of your request.')
  const model = visit.params['model'] ?? readString(body, 'model') ?? ''
  door.bill.update(ordinal, { model, stream: readBoolean(body, 'stream') ?? false })
  const asked = readRequest(visit, body)
  door.bill.update(ordinal, { stream: asked.stream })
  return serverOf(door.operation).answer(visit, asked)
}

function refuse(visit: Visit, error: VendorError): Response {
  const { door, ordinal, requestId } = visit
  door.bill.update(ordinal, { outcome: 'refused', status: error.status, endedAtMs: door.clock.nowMs() })
  const headers: Record<string, string> = { ...headersOf(visit), ...error.details.headers }
  if (error.status >= 300 && error.status < 400) headers['location'] = 'https://example.com/'
  const body: JsonObject = door.vendor.errorBody(error, requestId)
  if (NO_BODY.has(error.status)) return new Response(null, { status: error.status, headers })
  return Response.json(body, { status: error.status, headers })
}
