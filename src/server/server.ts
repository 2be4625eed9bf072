import type { Dialect } from '../dialects/dialect.ts'
import type { Caller } from '../exchange/caller.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { Failure, toFailure } from '../exchange/failure.ts'
import type { ModelResponse } from '../exchange/response.ts'
import type { Gateway, Inbound } from '../gateway/gateway.ts'
import type { Clock } from '../kit/clock.ts'
import { createDeadlines } from '../kit/deadlines.ts'
import type { Ids } from '../kit/ids.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Secret } from '../kit/secret.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { createDoors, type Door, type Doors } from './doors.ts'
import { findModel, modelList, modelRow, readModelsPath, visibleModels } from './models.ts'
import { readAddress, type Address } from './read-address.ts'
import { readBody, type ReadBody } from './read-body.ts'
import { readPresentedKey } from './read-key.ts'
import { readWishes } from './read-wishes.ts'
import { respondStream, respondWhole, settleSoon, toBody, type Answering } from './respond.ts'
import { addCostHeader, exchangeHeaders } from './response-headers.ts'

/** Between two looks at bodies that do not come. */
const BODY_SLACK_MS = 1_000

export interface ServerNeeds {
  readonly gateway: Gateway
  readonly dialects: readonly Dialect[]
  /** Establishes who a presented key belongs to; rejects with `Failure`. */
  readonly identify: (key: Secret | undefined) => Promise<Caller>
  readonly allows: (caller: Caller, model: string) => boolean
  readonly clock: Clock
  readonly ids: Ids
  readonly telemetry: Telemetry
}

/** The client door: from a web request to a web response. Never rejects. */
export interface ClientDoor {
  handle(request: Request): Promise<Response>
  /** From now on new requests are refused with `shutting-down`. */
  drain(): void
}

/** Creates the client door over a gateway. */
export function createClientDoor(needs: ServerNeeds): ClientDoor {
  const doors = createDoors(needs.dialects)
  const waits = { clock: needs.clock, deadlines: createDeadlines(needs.clock, BODY_SLACK_MS) }
  let draining = false

  const admit = (): void => {
    if (draining) throw new Failure('shutting-down')
    if (needs.gateway.inFlight() >= LIMITS.concurrentRequests) throw new Failure('overloaded')
  }

  return {
    drain() {
      draining = true
    },
    async handle(request) {
      const address = readAddress(request.url)
      const { path } = address
      const door = doors.find(path)
      let answering: Answering | undefined
      try {
        admit()
        const isRead = request.method === 'GET' || request.method === 'HEAD'
        if (isRead) return await answerRead({ request, address }, needs, doors)
        if (door === undefined) throw nothingToPost(doors, path)
        if (request.method !== 'POST') throw methodNotAllowed('POST')
        const body = await readBody(request, waits)
        const { exchange, run } = needs.gateway.open(inboundOf({ request, address, body }, door))
        answering = { exchange, dialect: door.dialect, clock: needs.clock }
        if (exchange.request.stream) return await answerStream(answering, run())
        return await respondWhole(answering, await run())
      } catch (thrown) {
        const failure = toFailure(thrown)
        if (answering !== undefined) return refuseExchange(answering, failure, needs)
        const dialect = door?.dialect ?? doors.spokenBy(request.headers) ?? doors.nearest(path).dialect
        return refuse(dialect, failure, needs)
      }
    },
  }
}

function methodNotAllowed(allow: string): Failure {
  return new Failure('method-not-allowed', { headers: { allow } })
}

function nothingToPost(doors: Doors, path: string): Failure {
  return readModelsPath(path) === undefined ? unknownPath(doors, path) : methodNotAllowed('GET, HEAD')
}

function unknownPath(doors: Doors, path: string): Failure {
  const { paths } = doors.nearest(path)
  const nearest = paths.length > 0 ? paths : doors.paths
  const hint = paths[0] === undefined ? `Known: ${doors.paths.join(', ')}.` : `Did you mean ${paths[0]}?`
  return new Failure('unknown-path', {
    message: `There is nothing at ${path.slice(0, 200)}. ${hint}`,
    nearest,
  })
}

interface Read {
  readonly request: Request
  readonly address: Address
}

/** `GET /v1/models`, `GET /v1/models/{id}`, and the `HEAD /` with which some clients look whether anybody is home. */
async function answerRead({ request, address }: Read, needs: ServerNeeds, doors: Doors): Promise<Response> {
  const { path, query } = address
  if (request.method === 'HEAD' && path === '/') return new Response(null, { status: 200 })
  const asked = readModelsPath(path)
  if (asked === undefined) {
    if (doors.find(path) === undefined) throw unknownPath(doors, path)
    throw methodNotAllowed('POST')
  }
  const caller = await needs.identify(readPresentedKey(request.headers, query))
  const visible = visibleModels(needs.gateway.plan().models, caller, needs.allows)
  const { wanted } = asked
  const answer = wanted === undefined ? modelList(visible, query) : modelRow(findModel(visible, wanted))
  return Response.json(answer, { headers: ownHeaders(needs.ids.mint('req')) })
}

/** The headers of answers that belong to no exchange. */
function ownHeaders(requestId: string): Record<string, string> {
  return { 'x-request-id': requestId, 'request-id': requestId, 'cache-control': 'no-store' }
}

interface Post extends Read {
  readonly body: ReadBody
}

/** What the gateway is told of a request. Throws `Failure` where the dialect cannot read it. */
function inboundOf({ request, address, body }: Post, door: Door): Inbound {
  const { headers, signal } = request
  const { request: asked, wishes } = door.dialect.decodeRequest(body.json, door.endpoint.operation)
  const inbound: Inbound & { presentedKey?: Secret } = {
    dialect: door.dialect.name,
    request: asked,
    raw: { body: body.bytes, scan: body.scan, headers: door.pickForwarded(headers) },
    wishes: readWishes(headers, wishes),
    signal,
  }
  const presentedKey = readPresentedKey(headers, address.query)
  if (presentedKey !== undefined) inbound.presentedKey = presentedKey
  return inbound
}

/** Rejects with a failure that is known before the head has to be sent. */
async function answerStream(answering: Answering, pending: Promise<ModelResponse>): Promise<Response> {
  const response = await settleSoon(pending, answering.clock)
  if (response instanceof Failure) throw response
  return respondStream(answering, response ?? pending)
}

/** Answers a failure that belongs to an exchange, with everything that is known about it. */
function refuseExchange(
  { exchange, dialect, clock }: Answering,
  failure: Failure,
  needs: ServerNeeds,
): Response {
  // What ended the exchange is in the log already; what broke while its answer was written is not.
  if (failure !== exchange.trail.endedBy) reportInternal(failure, exchange, needs)
  const wire = dialect.encodeFailure(failure, { requestId: exchange.id, attempts: exchange.trail.attempts })
  const headers = exchangeHeaders(exchange, clock.elapsedMs() - exchange.startedElapsedMs)
  addCostHeader(headers, exchange)
  return new Response(toBody(wire.body), {
    status: wire.status,
    headers: { ...headers, ...failure.details.headers, ...wire.headers },
  })
}

/** Answers a failure found before there was an exchange. */
function refuse(dialect: Dialect, failure: Failure, needs: ServerNeeds): Response {
  const requestId = needs.ids.mint('req')
  reportInternal(failure, { id: requestId }, needs)
  needs.telemetry.count('gatehouse_refused_at_door_total', { code: failure.code })
  const wire = dialect.encodeFailure(failure, { requestId, attempts: [] })
  const own = ownHeaders(requestId)
  return new Response(toBody(wire.body), {
    status: wire.status,
    headers: { ...own, ...failure.details.headers, ...wire.headers },
  })
}

function reportInternal(failure: Failure, exchange: Pick<Exchange, 'id'>, { telemetry }: ServerNeeds): void {
  if (failure.code !== 'internal') return
  telemetry.log('error', 'a request met a defect of the gateway', {
    requestId: exchange.id,
    error: failure.cause,
    stack: failure.cause instanceof Error ? failure.cause.stack : undefined,
  })
}
