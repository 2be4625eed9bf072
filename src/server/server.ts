import type { Dialect } from '../dialects/dialect.ts'
import type { Caller } from '../exchange/caller.ts'
import { isLastChunk } from '../exchange/watcher.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { Failure, toFailure } from '../exchange/failure.ts'
import type { ModelResponse, ResponseChunk } from '../exchange/response.ts'
import type { AuthenticatedCaller, Gateway } from '../gateway/gateway.ts'
import type { Plan } from '../gateway/plan.ts'
import type { Clock } from '../kit/clock.ts'
import type { Peer } from '../kit/http-server.ts'
import type { Ids } from '../kit/ids.ts'
import { IDEMPOTENCY_HEADER } from '../kit/idempotency-key.ts'
import { LIMITS } from '../kit/limits.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'
import type { RequestRow } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { answerRead, isRead, nothingToPost } from './answer-read.ts'
import { createBodyBudget, type BodyBudget, type BodyHold, type BodyLimits } from './body-budget.ts'
import { createEndpoints, keyParametersOf, type EndpointMatch, type Endpoints } from './endpoints.ts'
import { isFeedbackPath, readFeedback, takeFeedback, type FeedbackDesk } from './feedback.ts'
import { answerPreflight, createOrigins, isPreflight, showTo, type Origins } from './origins.ts'
import { IncomingRequest } from './incoming-request.ts'
import { createLargeTurns, type LargeTurns } from './large-turns.ts'
import { openInSteps, openRequest } from './open-request.ts'
import { parseBody } from './parse-body.ts'
import { checkHost } from './read-address.ts'
import { createBodyWaits, readBody, type BodyWaits } from './read-body.ts'
import { readPresentedKey } from './read-key.ts'
import { replayed, replayRow } from './replay.ts'
import { createRepeats, type RepeatNeeds, type Repeats } from './repeats.ts'
import { ReplyTurn } from './reply-turn.ts'
import { createRefusals, type Refusals } from './refusals.ts'
import { respondStream, respondWhole, settleBeforeHeartbeat, toBody, type Answering } from './respond.ts'
import { addCostHeader, exchangeHeaders } from './response-headers.ts'
import { createUnreadBodies, type UnreadBodies } from './unread-bodies.ts'

/** What a body that is on its way when the gateway is to close may still take. */
const LAST_BODIES_MS = 2_000

export interface ServerNeeds {
  readonly gateway: Gateway
  readonly dialects: readonly Dialect[]
  /** May the caller use a model under a plan? */
  readonly allows: (plan: Plan, caller: Caller, model: string) => boolean
  /** Origins of web pages that may speak to the client API. */
  readonly origins: readonly string[]
  readonly bodies: BodyLimits
  /** Takes a line of the request log, for a few of those who never become an exchange. */
  readonly record: (row: RequestRow) => void
  /** Keeps what requests with an idempotency key are answered; absent: nothing is, and the header is not heeded. */
  readonly repeats?: Pick<RepeatNeeds, 'replies' | 'hmac' | 'random'>
  /** Takes feedback; absent: nobody does. */
  readonly feedback?: FeedbackDesk
  readonly clock: Clock
  readonly ids: Ids
  readonly telemetry: Telemetry
}

/** A request that is being served, as far as it has come. */
interface Served {
  readonly incoming: IncomingRequest
  readonly hold: BodyHold
  readonly answering: Answering | undefined
  readonly turn: ReplyTurn | undefined
}

/** Who asks where, and what. */
interface Knocking {
  readonly incoming: IncomingRequest
  readonly match: EndpointMatch
  readonly known: AuthenticatedCaller
  readonly bytes: Uint8Array
}

/** The client API: from a web request to a web response, whatever goes wrong. */
export interface ClientApi {
  handle(request: Request, peer: Peer): Response | Promise<Response>
  /** From now on new requests are refused with `shutting-down`, and bodies that do not come are not waited for. */
  drain(): void
}

/** Creates the client API over a gateway. */
export function createClientApi(needs: ServerNeeds): ClientApi {
  return new OpenClientApi(needs)
}

class OpenClientApi implements ClientApi {
  readonly #needs: ServerNeeds
  readonly #endpoints: Endpoints
  readonly #origins: Origins
  readonly #refusals: Refusals
  readonly #waits: BodyWaits
  readonly #budget: BodyBudget
  readonly #large: LargeTurns
  readonly #unread: UnreadBodies
  readonly #repeats: Repeats | undefined
  #draining = false

  constructor(needs: ServerNeeds) {
    this.#needs = needs
    this.#endpoints = createEndpoints(needs.dialects)
    this.#origins = createOrigins(needs.origins)
    this.#refusals = createRefusals(needs)
    this.#waits = createBodyWaits(needs.clock)
    this.#budget = createBodyBudget(needs.bodies)
    this.#large = createLargeTurns(needs.clock)
    this.#unread = createUnreadBodies(needs.clock)
    this.#repeats = needs.repeats && createRepeats({ ...needs, ...needs.repeats })
    needs.telemetry.gauge('gatehouse_request_bodies_bytes', () => this.#budget.heldBytes)
  }

  drain(): void {
    this.#draining = true
    this.#needs.clock.after(LAST_BODIES_MS, () => {
      this.#waits.giveUp(new Failure('shutting-down', { headers: { connection: 'close' } }))
    })
  }

  handle(request: Request, peer: Peer): Response | Promise<Response> {
    const incoming = new IncomingRequest(request, peer, this.#endpoints)
    let origin: string | undefined
    let response: Response | Promise<Response>
    try {
      origin = this.#origins.judge(request.headers)
      response = this.#answer(incoming, origin)
    } catch (thrown) {
      response = this.#refuse(incoming, toFailure(thrown))
    }
    return origin === undefined ? response : showTo(origin, response)
  }

  /** Everything that the head alone can be refused for comes first. */
  #answer(incoming: IncomingRequest, origin: string | undefined): Response | Promise<Response> {
    const { request, path, match } = incoming
    const { headers, method } = request
    checkHost(headers)
    if (origin !== undefined && isPreflight(request)) return answerPreflight(headers)
    this.#mayEnter()
    if (headers.get('upgrade')?.toLowerCase() === 'websocket') throw new Failure('no-websocket')
    if (match !== undefined) return this.#serve(incoming, match, this.#authenticate(incoming))
    if (isRead(method)) return this.#read(incoming)
    const { feedback } = this.#needs
    if (feedback !== undefined && method === 'POST' && isFeedbackPath(path))
      return this.#takeFeedback(incoming, feedback, this.#authenticate(incoming))
    throw nothingToPost(this.#endpoints, path)
  }

  #authenticate(incoming: IncomingRequest): AuthenticatedCaller {
    const { request, destination, match } = incoming
    const { query } = destination
    const inQuery = query === undefined ? undefined : this.#keyIn(query, match)
    return this.#needs.gateway.authenticate(readPresentedKey(request.headers, inQuery), incoming)
  }

  /** The key in a query. Where no dialect is spoken yet, every parameter in which one takes keys may hold it. */
  #keyIn(query: URLSearchParams, match: EndpointMatch | undefined): string | undefined {
    const names = match === undefined ? this.#endpoints.keyParameters : keyParametersOf([match.dialect])
    for (const name of names) {
      const value = query.get(name)
      if (value !== null) return value
    }
    return undefined
  }

  #read(incoming: IncomingRequest): Response {
    return answerRead(incoming.request.method, incoming.destination, {
      ...this.#needs,
      endpoints: this.#endpoints,
      authenticate: () => this.#authenticate(incoming),
      headers: () => ownHeaders(this.#needs.ids.mint('req')),
    })
  }

  /** As with other bodies, the key is judged before it is read, and its bytes are counted while they are held. */
  async #takeFeedback(
    incoming: IncomingRequest,
    desk: FeedbackDesk,
    { caller }: AuthenticatedCaller,
  ): Promise<Response> {
    const hold = this.#budget.hold(incoming)
    try {
      if (Number(incoming.request.headers.get('content-length')) > LIMITS.feedbackBytes)
        throw new Failure('body-too-large')
      const bytes = await readBody(incoming.request, this.#waits, hold)
      if (bytes.length > LIMITS.feedbackBytes) throw new Failure('body-too-large')
      const whose = { keyId: caller.owners.key ?? '', atMs: this.#needs.clock.nowMs() }
      const { status, json } = await takeFeedback(desk, readFeedback(parseBody(bytes).json), whose)
      return Response.json(json, { status, headers: ownHeaders(this.#needs.ids.mint('req')) })
    } catch (thrown) {
      return this.#refuse(incoming, toFailure(thrown))
    } finally {
      hold.onEnd()
    }
  }

  #mayEnter(): void {
    if (this.#draining) throw new Failure('shutting-down')
    if (this.#needs.gateway.inFlight() >= LIMITS.concurrentRequests) throw new Failure('overloaded')
  }

  /**
   * Reads the body of a caller whose key is good, whose bytes are held until the exchange is over, and has the exchange answered.
   * All in one function, refusals too, because every further one that waits would cost each request a promise.
   */
  async #serve(
    incoming: IncomingRequest,
    match: EndpointMatch,
    known: AuthenticatedCaller,
  ): Promise<Response> {
    const { key = '' } = known.caller.owners
    this.#large.meet(key)
    const hold = this.#budget.hold(incoming)
    let answering: Answering | undefined
    let turn: ReplyTurn | undefined
    try {
      if (incoming.hops > LIMITS.gatewayHops) throw new Failure('goes-round')
      const bytes = await readBody(incoming.request, this.#waits, hold)
      if (this.#repeats !== undefined && incoming.request.headers.has(IDEMPOTENCY_HEADER)) {
        const place = await this.#enter({ incoming, match, known, bytes }, this.#repeats)
        if (place instanceof Response) {
          hold.onEnd()
          return place
        }
        turn = place
      }
      const sent = { incoming, match, bytes, memory: { hold, large: this.#large, owner: key } }
      const isLarge = bytes.length > LIMITS.largeBodyBytes
      const opened = isLarge
        ? await this.#large.take(key, openInSteps(sent, known))
        : openRequest(sent, known)
      const { exchange } = opened
      exchange.trail.onEnd(hold)
      answering = { exchange, match, clock: this.#needs.clock, turn }
      if (exchange.request.stream) return await answerStream(answering, opened.run())
      const response = await opened.run()
      const chunks: ResponseChunk[] = []
      for (;;) {
        const next = response.source.next()
        const chunk = next instanceof Promise ? await next : next
        if (chunk !== undefined) chunks.push(chunk)
        if (chunk !== undefined && !isLastChunk(chunk)) continue
        const answer = respondWhole(answering, response, chunks)
        return turn === undefined ? answer : await turn.whole(answer, exchange)
      }
    } catch (thrown) {
      return await this.#fail({ incoming, hold, answering, turn }, toFailure(thrown))
    }
  }

  /** The turn of a request with an idempotency key, or what an earlier one under the same key was answered. */
  async #enter({ incoming, match, known, bytes }: Knocking, repeats: Repeats): Promise<ReplyTurn | Response> {
    const { ids, clock, record, allows } = this.#needs
    const { caller, plan } = known
    const sinceMs = clock.elapsedMs()
    const place = await repeats.enter({
      incoming,
      bytes,
      owner: caller.owners.key ?? '',
      keyParameters: this.#endpoints.keyParameters,
      // Under the plan of now, which may allow less.
      mayHave: ({ model, route = model }) => allows(plan, caller, model) || allows(plan, caller, route),
    })
    if (place instanceof ReplyTurn) return place
    const requestId = ids.mint('req')
    const replay = { requestId, atMs: clock.nowMs(), match, reply: place, caller }
    const durationMs = clock.elapsedMs() - sinceMs
    record(replayRow({ ...replay, durationMs, planVersion: plan.version }))
    return replayed(requestId, place, ownHeaders(requestId))
  }

  /** Answers a failure of a request whose body is taken, whether or not there is an exchange. */
  #fail({ incoming, hold, answering, turn }: Served, failure: Failure): MaybePromise<Response> {
    if (answering === undefined) {
      turn?.leave()
      hold.onEnd()
      return this.#refuse(incoming, failure)
    }
    const refusal = this.#refuseExchange(answering, failure)
    return turn === undefined ? refusal : turn.whole(refusal, answering.exchange, failure)
  }

  /** Answers a failure that belongs to an exchange; where telling all that is known about it fails, with no more than that. */
  #refuseExchange(answering: Answering, failure: Failure): Response {
    try {
      return this.#tellAll(answering, failure)
    } catch (thrown) {
      const { exchange, match } = answering
      const defect = toFailure(thrown)
      reportInternal(defect, exchange, this.#needs)
      const wire = match.dialect.encodeFailure(defect, { requestId: exchange.id, attempts: [] })
      const headers = { ...ownHeaders(exchange.id), ...wire.headers }
      return new Response(toBody(wire.body), { status: wire.status, headers })
    }
  }

  #tellAll({ exchange, match: { dialect }, clock }: Answering, failure: Failure): Response {
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
  #refuse({ request, path, match }: IncomingRequest, failure: Failure): Response {
    const requestId = this.#needs.ids.mint('req')
    reportInternal(failure, { id: requestId }, this.#needs)
    const dialect =
      match?.dialect ?? this.#endpoints.spokenBy(request.headers) ?? this.#endpoints.nearest(path).dialect
    const wire = dialect.encodeFailure(failure, { requestId, attempts: [] })
    const { version: planVersion } = this.#needs.gateway.plan()
    this.#refusals.note({ requestId, failure, status: wire.status, match, planVersion })
    const headers = { ...ownHeaders(requestId), ...failure.details.headers, ...wire.headers }
    if (!request.bodyUsed && !this.#unread.mayPass(request.headers)) headers['connection'] = 'close'
    return new Response(toBody(wire.body), { status: wire.status, headers })
  }
}

/** The headers of answers that belong to no exchange. */
function ownHeaders(requestId: string): Record<string, string> {
  return { 'x-request-id': requestId, 'request-id': requestId, 'cache-control': 'no-store' }
}

/** Rejects with a failure that is known before the head has to be sent. */
async function answerStream(answering: Answering, pending: Promise<ModelResponse>): Promise<Response> {
  const response = await settleBeforeHeartbeat(pending, answering.clock)
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
