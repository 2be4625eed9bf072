import type { ClientBody, Dialect, RequestHead } from '../dialects/dialect.ts'
import type { Caller } from '../exchange/caller.ts'
import { isLastChunk } from '../exchange/ending.ts'
import { requestFeatures, type Exchange, type RawRequest } from '../exchange/exchange.ts'
import { Failure, toFailure } from '../exchange/failure.ts'
import type { ModelRequest } from '../exchange/operations/all.ts'
import type { ModelResponse, ResponseChunk } from '../exchange/response.ts'
import type { AuthenticatedCaller, Gateway, Inbound } from '../gateway/gateway.ts'
import type { OpenExchange } from '../gateway/pipeline.ts'
import type { Plan } from '../gateway/plan.ts'
import type { Clock } from '../kit/clock.ts'
import type { Peer } from '../kit/http-server.ts'
import type { Ids } from '../kit/ids.ts'
import { LIMITS } from '../kit/limits.ts'
import type { RequestRow } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { answerRead, isRead, nothingToPost } from './answer-read.ts'
import { createBodyBudget, type BodyBudget, type BodyLimits } from './body-budget.ts'
import { createDoors, keyParametersOf, type Door, type Doors } from './doors.ts'
import { answerPreflight, createOrigins, isPreflight, showTo, type Origins } from './origins.ts'
import { Knock } from './knock.ts'
import { createLargeTurns, type LargeTurns, type Steps } from './large-turns.ts'
import { parseBody, parseSteps, withModel, type ParsedBody } from './parse-body.ts'
import { checkHost } from './read-address.ts'
import { createBodyWaits, readBody, type BodyWaits } from './read-body.ts'
import { readPresentedKey } from './read-key.ts'
import { readWishes } from './read-wishes.ts'
import { createRefusals, type Refusals } from './refusals.ts'
import { respondStream, respondWhole, settleSoon, toBody, type Answering } from './respond.ts'
import { addCostHeader, exchangeHeaders } from './response-headers.ts'
import { createUnreadBodies, type UnreadBodies } from './unread-bodies.ts'

/** What a body that is on its way when the door is to close may still take. */
const LAST_BODIES_MS = 2_000

export interface ServerNeeds {
  readonly gateway: Gateway
  readonly dialects: readonly Dialect[]
  /** May the caller use a model under a plan? */
  readonly allows: (plan: Plan, caller: Caller, model: string) => boolean
  /** Origins of web pages that may speak to the door. */
  readonly origins: readonly string[]
  readonly bodies: BodyLimits
  /** Takes a line of the request log, for a few of those who never become an exchange. */
  readonly record: (row: RequestRow) => void
  readonly clock: Clock
  readonly ids: Ids
  readonly telemetry: Telemetry
}

/** The client door: from a web request to a web response, whatever goes wrong. */
export interface ClientDoor {
  handle(request: Request, peer: Peer): Response | Promise<Response>
  /** From now on new requests are refused with `shutting-down`, and bodies that do not come are not waited for. */
  drain(): void
}

/** Creates the client door over a gateway. */
export function createClientDoor(needs: ServerNeeds): ClientDoor {
  return new OpenDoor(needs)
}

class OpenDoor implements ClientDoor {
  readonly #needs: ServerNeeds
  readonly #doors: Doors
  readonly #origins: Origins
  readonly #refusals: Refusals
  readonly #waits: BodyWaits
  readonly #budget: BodyBudget
  readonly #large: LargeTurns
  readonly #unread: UnreadBodies
  #draining = false

  constructor(needs: ServerNeeds) {
    this.#needs = needs
    this.#doors = createDoors(needs.dialects)
    this.#origins = createOrigins(needs.origins)
    this.#refusals = createRefusals(needs)
    this.#waits = createBodyWaits(needs.clock)
    this.#budget = createBodyBudget(needs.bodies)
    this.#large = createLargeTurns(needs.clock)
    this.#unread = createUnreadBodies(needs.clock)
    needs.telemetry.gauge('gatehouse_request_bodies_bytes', () => this.#budget.heldBytes)
  }

  drain(): void {
    this.#draining = true
    this.#needs.clock.after(LAST_BODIES_MS, () => {
      this.#waits.giveUp(new Failure('shutting-down', { headers: { connection: 'close' } }))
    })
  }

  handle(request: Request, peer: Peer): Response | Promise<Response> {
    const knock = new Knock(request, peer, this.#doors)
    let origin: string | undefined
    let response: Response | Promise<Response>
    try {
      origin = this.#origins.judge(request.headers)
      response = this.#answer(knock, origin)
    } catch (thrown) {
      response = this.#refuse(knock, toFailure(thrown))
    }
    return origin === undefined ? response : showTo(origin, response)
  }

  /** Everything that the head alone can be refused for comes first. */
  #answer(knock: Knock, origin: string | undefined): Response | Promise<Response> {
    const { request, path, door } = knock
    const { headers, method } = request
    checkHost(headers)
    if (origin !== undefined && isPreflight(request)) return answerPreflight(headers)
    this.#mayEnter()
    if (headers.get('upgrade')?.toLowerCase() === 'websocket') throw new Failure('no-websocket')
    if (door !== undefined) return this.#serve(knock, door, this.#authenticate(knock))
    if (isRead(method)) return this.#read(knock)
    throw nothingToPost(this.#doors, path)
  }

  #authenticate({ request, destination, door }: Knock): AuthenticatedCaller {
    const { query } = destination
    const inQuery = query === undefined ? undefined : this.#keyIn(query, door)
    return this.#needs.gateway.authenticate(readPresentedKey(request.headers, inQuery))
  }

  /** The key in a query. Where no dialect is spoken yet, every parameter in which one takes keys may hold it. */
  #keyIn(query: URLSearchParams, door: Door | undefined): string | undefined {
    const names = door === undefined ? this.#doors.keyParameters : keyParametersOf([door.dialect])
    for (const name of names) {
      const value = query.get(name)
      if (value !== null) return value
    }
    return undefined
  }

  #read(knock: Knock): Response {
    return answerRead(knock.request.method, knock.destination, {
      ...this.#needs,
      doors: this.#doors,
      authenticate: () => this.#authenticate(knock),
      headers: () => ownHeaders(this.#needs.ids.mint('req')),
    })
  }

  #mayEnter(): void {
    if (this.#draining) throw new Failure('shutting-down')
    if (this.#needs.gateway.inFlight() >= LIMITS.concurrentRequests) throw new Failure('overloaded')
  }

  /**
   * Reads the body of a caller whose key is good, whose bytes are held until the exchange is over, and has the exchange answered.
   * All in one function, refusals too, because every further one that waits would cost each request a promise.
   */
  async #serve(knock: Knock, door: Door, known: AuthenticatedCaller): Promise<Response> {
    const { key = '' } = known.caller.owners
    this.#large.meet(key)
    const hold = this.#budget.hold(knock)
    let answering: Answering | undefined
    try {
      const bytes = await readBody(knock.request, this.#waits, hold)
      const sent = toSent(knock, door, bytes)
      const isLarge = bytes.length > LIMITS.largeBodyBytes
      const opened = isLarge ? await this.#large.take(key, openSteps(sent, known)) : open(sent, known)
      const { exchange } = opened
      exchange.trail.atEnd(hold)
      answering = { exchange, door, clock: this.#needs.clock }
      if (exchange.request.stream) return await answerStream(answering, opened.run())
      const response = await opened.run()
      const chunks: ResponseChunk[] = []
      for (;;) {
        const chunk = await response.source.next()
        if (chunk !== undefined) chunks.push(chunk)
        if (chunk === undefined || isLastChunk(chunk)) return respondWhole(answering, response, chunks)
      }
    } catch (thrown) {
      const failure = toFailure(thrown)
      if (answering !== undefined) return this.#refuseExchange(answering, failure)
      hold.ended()
      return this.#refuse(knock, failure)
    }
  }

  /** Answers a failure that belongs to an exchange; where telling all that is known about it fails, with no more than that. */
  #refuseExchange(answering: Answering, failure: Failure): Response {
    try {
      return this.#tellAll(answering, failure)
    } catch (thrown) {
      const { exchange, door } = answering
      const defect = toFailure(thrown)
      reportInternal(defect, exchange, this.#needs)
      const wire = door.dialect.encodeFailure(defect, { requestId: exchange.id, attempts: [] })
      const headers = { ...ownHeaders(exchange.id), ...wire.headers }
      return new Response(toBody(wire.body), { status: wire.status, headers })
    }
  }

  #tellAll({ exchange, door: { dialect }, clock }: Answering, failure: Failure): Response {
    // What ended the exchange is in the log already; what broke while its answer was written is not.
    if (failure !== exchange.trail.endedBy) reportInternal(failure, exchange, this.#needs)
    const wire = dialect.encodeFailure(failure, { requestId: exchange.id, attempts: exchange.trail.attempts })
    const headers = exchangeHeaders(exchange, clock.elapsedMs() - exchange.startedElapsedMs)
    addCostHeader(headers, exchange)
    return new Response(toBody(wire.body), {
      status: wire.status,
      headers: { ...headers, ...failure.details.headers, ...wire.headers },
    })
  }

  /** Answers a failure found before there was an exchange. */
  #refuse({ request, path, door }: Knock, failure: Failure): Response {
    const requestId = this.#needs.ids.mint('req')
    reportInternal(failure, { id: requestId }, this.#needs)
    const dialect =
      door?.dialect ?? this.#doors.spokenBy(request.headers) ?? this.#doors.nearest(path).dialect
    const wire = dialect.encodeFailure(failure, { requestId, attempts: [] })
    const { version: planVersion } = this.#needs.gateway.plan()
    this.#refusals.note({ requestId, failure, status: wire.status, door, planVersion })
    const headers = { ...ownHeaders(requestId), ...failure.details.headers, ...wire.headers }
    if (!request.bodyUsed && !this.#unread.mayPass(request.headers)) headers['connection'] = 'close'
    return new Response(toBody(wire.body), { status: wire.status, headers })
  }
}

/** The headers of answers that belong to no exchange. */
function ownHeaders(requestId: string): Record<string, string> {
  return { 'x-request-id': requestId, 'request-id': requestId, 'cache-control': 'no-store' }
}

const NO_BODY: ClientBody = { form: 'none' }

/** A request with its body, as far as it was read. */
interface Sent extends RequestHead {
  readonly knock: Knock
  readonly door: Door
  readonly bytes: Uint8Array
}

function toSent(knock: Knock, door: Door, bytes: Uint8Array): Sent {
  const { endpoint, params } = door
  const { query } = knock.destination
  return { knock, door, bytes, endpoint, params, query, headers: knock.request.headers }
}

/** Understands a body and opens its exchange. Throws `Failure` where it cannot be understood. */
function open(sent: Sent, known: AuthenticatedCaller): OpenExchange {
  const { bytes, door } = sent
  if (door.method !== 'POST') return known.open(inboundOf(sent, NO_BODY))
  return known.open(inboundOf(sent, bodyFor(door, parseBody(bytes))))
}

/** The body with the model that stands in the path, where it names none itself. */
function bodyFor({ model }: Door, body: ParsedBody): ParsedBody {
  return model === undefined ? body : withModel(body, model)
}

/** As `open`, in steps. */
function* openSteps(sent: Sent, known: AuthenticatedCaller): Steps<OpenExchange> {
  const body = yield* parseSteps(sent.bytes)
  yield
  const opened = known.open(inboundOf(sent, bodyFor(sent.door, body)))
  yield
  // Several layers ask for it; for a long text it takes as long as parsing does.
  requestFeatures(opened.exchange)
  yield
  return opened
}

/** What the gateway is told of a request. Throws `Failure` where the dialect cannot read it. */
function inboundOf(sent: Sent, body: ClientBody): Inbound {
  const { door, knock, headers } = sent
  const { request, wishes } = door.codec.decodeRequest(body, sent)
  return {
    dialect: door.dialect.name,
    request,
    raw: toRaw(body, request),
    envelope: knock,
    wishes: readWishes(headers, wishes),
    signal: knock.request.signal,
  }
}

/** What is kept of a body; what was parsed of it lives on in the request alone. */
function toRaw(body: ClientBody, says: ModelRequest): RawRequest {
  return body.form === 'json' ? { form: 'json', bytes: body.bytes, scan: body.scan, says } : { ...body, says }
}

/** Rejects with a failure that is known before the head has to be sent. */
async function answerStream(answering: Answering, pending: Promise<ModelResponse>): Promise<Response> {
  const response = await settleSoon(pending, answering.clock)
  if (response instanceof Failure) throw response
  return respondStream(answering, response ?? pending)
}

function reportInternal(failure: Failure, exchange: Pick<Exchange, 'id'>, { telemetry }: ServerNeeds): void {
  if (failure.code !== 'internal') return
  telemetry.log('error', 'a request met a defect of the gateway', {
    requestId: exchange.id,
    error: failure.cause,
    stack: failure.cause instanceof Error ? failure.cause.stack : undefined,
  })
}
