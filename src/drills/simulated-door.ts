import type { Dialect, Endpoint } from '../dialects/dialect.ts'
import { collect } from '../exchange/collect.ts'
import { estimateInputTokens } from '../exchange/estimate.ts'
import type { Usage } from '../exchange/usage.ts'
import type { Clock } from '../kit/clock.ts'
import { crc32 } from '../kit/hash.ts'
import { parseJsonObject, readBoolean, readString, type JsonObject } from '../kit/json.ts'
import { createSeededRandom } from '../kit/random.ts'
import type { Secret } from '../kit/secret.ts'
import type { BillOutcome, OpenBill } from './bill.ts'
import { checkCredential, readRequest, type AcceptedRequest, type RequestReader } from './read-request.ts'
import type { RequestCounts } from './request-counts.ts'
import type { OpenRequestRecord } from './request-record.ts'
import { createSealer } from './seal.ts'
import { CREATED_MS, sendAnswer } from './simulated-answer.ts'
import type { SimulatedModel } from './simulated-model.ts'
import { VendorError } from './vendor-error.ts'
import type { Vendor } from './vendors/vendor.ts'
import { randomHex, writeScripts } from './write-scripts.ts'

/** What all doors of a simulated provider share. */
export interface DoorHouse {
  readonly models: ReadonlyMap<string, SimulatedModel>
  readonly bill: OpenBill
  readonly record: OpenRequestRecord
  readonly counts: RequestCounts
  readonly clock: Clock
  readonly seed: number
  /** The credential that is accepted. */
  readonly secret: Secret
  /** The next ordinal. */
  readonly nextOrdinal: () => number
}

/** Answers one request; rejects only when the other side left before its request was whole. */
export type SimulatedDoor = (request: Request) => Promise<Response>

interface Door extends DoorHouse, RequestReader {}

/** A request at its door. */
interface Visit {
  readonly door: Door
  readonly ordinal: number
  readonly requestId: string
  readonly request: Request
  readonly body: Uint8Array
}

const ATTEMPT_HEADER = 'x-gatehouse-attempt'
const OK = 200
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304])
const decoder = new TextDecoder()

/** Opens one endpoint of a dialect as a vendor runs it. */
export function createSimulatedDoor(
  place: { readonly dialect: Dialect; readonly endpoint: Endpoint; readonly vendor: Vendor },
  house: DoorHouse,
): SimulatedDoor {
  const { dialect, vendor } = place
  const scheme = vendor.sealScheme
  const slot = scheme === undefined ? undefined : { family: dialect.family, scheme }
  const sealer = slot === undefined ? undefined : createSealer(slot, `simulated ${house.seed}`)
  const door: Door = { ...house, ...place, sealer }
  return async (request) => {
    const ordinal = house.nextOrdinal()
    const body = new Uint8Array(await request.arrayBuffer())
    const requestId = vendor.requestId(hexOf(door, 'request', ordinal))
    const visit: Visit = { door, ordinal, requestId, request, body }
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
    operation: door.endpoint.operation,
    model: '',
    stream: false,
    outcome: 'open',
    receivedAtMs: door.clock.nowMs(),
    ...(attemptId === null ? {} : { attemptId }),
  })
}

function answer(visit: Visit): Response | Promise<Response> {
  const { door, ordinal, request } = visit
  checkCredential(request.headers, door.secret, door.vendor)
  const body = parseJsonObject(decoder.decode(visit.body))
  if (body === undefined) throw new VendorError(400, 'We could not parse the JSON body of your request.')
  const model = readString(body, 'model') ?? ''
  door.bill.update(ordinal, { model, stream: readBoolean(body, 'stream') ?? false })
  const accepted = readRequest(door, body, request.headers)
  return accepted.request.operation === 'chat' ? sendChat(visit, accepted) : sendCount(visit, accepted)
}

function sendChat(visit: Visit, { request, chat, chosen }: AcceptedRequest): Response | Promise<Response> {
  const { door, ordinal, requestId } = visit
  const { dialect, vendor, models, seed, sealer, clock } = door
  const count = door.counts.count(request.model)
  return sendAnswer({
    dialect,
    vendor,
    request,
    chat,
    sealer,
    clock,
    requestId,
    options: chosen.options,
    scripts: writeScripts({ chat, chosen, models, vendor, seed, count }),
    responseId: hexOf(door, 'response', ordinal),
    headers: headersOf(visit),
    signal: visit.request.signal,
    onEnd: (outcome, usage) => endVisit(visit, outcome, usage),
  })
}

function sendCount(visit: Visit, { request, chat }: AcceptedRequest): Response {
  const inputTokens = estimateInputTokens(chat)
  const encoder = visit.door.dialect.encodeResponse({
    request,
    requestId: visit.requestId,
    model: request.model,
    createdMs: CREATED_MS,
    estimatedInputTokens: inputTokens,
    notice() {},
  })
  endVisit(visit, 'completed', undefined)
  const message = collect([{ type: 'token-count', inputTokens, estimated: false }, { type: 'end' }])
  return Response.json(encoder.unary(message), { headers: headersOf(visit) })
}

function endVisit({ door, ordinal }: Visit, outcome: BillOutcome, usage: Usage | undefined): void {
  const endedAtMs = door.clock.nowMs()
  door.bill.update(ordinal, { outcome, status: OK, endedAtMs, ...(usage === undefined ? {} : { usage }) })
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

function headersOf({ door, requestId, ordinal }: Visit): Readonly<Record<string, string>> {
  return door.vendor.headers({ requestId, ordinal, nowMs: door.clock.nowMs() })
}

function hexOf({ seed }: DoorHouse, purpose: string, ordinal: number): string {
  return randomHex(createSeededRandom(crc32(`${seed}/${purpose}/${ordinal}`)))
}
