import type { Clock } from '../kit/clock.ts'
import { createDeadlines, type Deadlines } from '../kit/deadlines.ts'
import type { HttpClient, HttpRequest, HttpResponse } from '../kit/http-client.ts'
import { LIMITS } from '../kit/limits.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'
import type { Dialect, WireRequest } from '../dialects/dialect.ts'
import { requestFeatures, type Attempt } from '../exchange/exchange.ts'
import { abortFailure, Failure } from '../exchange/failure.ts'
import { formatNotices, strictNotices } from '../exchange/notice.ts'
import { operationOf } from '../exchange/operations/all.ts'
import type { Lane, ModelResponse } from '../exchange/response.ts'
import { defined } from '../kit/defined.ts'
import { setDefined, type Mutable } from '../kit/mutable.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { readableForm } from './answer-form.ts'
import { Call, type WireHeaders } from './call.ts'
import { createLaneChooser, type LaneChooser } from './choose-lane.ts'
import { FirstTokenTimes } from './first-token-times.ts'
import { answerHere, askedOrHere } from './answer-here.ts'
import { askInParts, splitRequest, type AnyInputs, type Part } from './ask-in-parts.ts'
import { openReader } from './frame-reader.ts'
import { failureBeforeHead, readErrorResponse } from './http-failure.ts'
import { visibleHeaders } from './inbound-headers.ts'
import { readLimits } from './limit-headers.ts'
import { outboundHeaders, signed } from './outbound-headers.ts'
import { contentOf, contentTypeOf, isJson, toSendable } from './outgoing-body.ts'
import { receiveStream } from './receive-stream.ts'
import { receiveUnary } from './receive-unary.ts'
import { ResponseCounts } from './response-counts.ts'
import { addTraceHeaders } from './trace-headers.ts'
import { writeLarge } from './write-large.ts'
import { Watchdog } from './watchdog.ts'
import { FailureCleaner } from './clean-failures.ts'

export interface SenderNeeds {
  readonly dialects: ReadonlyMap<string, Dialect>
  readonly http: HttpClient
  readonly clock: Clock
  readonly telemetry: Telemetry
  /** Our version, for the `user-agent`. */
  readonly version: string
  /** Providers that are told of traces; absent: none. */
  readonly propagate?: ReadonlySet<string> | undefined
}

/** The one place that calls providers. */
export interface Sender {
  /** Sends an attempt and gives back the response as it begins to arrive. Rejects with `Failure` only. */
  send(attempt: Attempt): Promise<ModelResponse>
  /** Ends every attempt under way with `shutting-down`, as its provider's failing would, and sends no more. */
  stop(): void
}

/**
 * Creates the sender. What goes wrong before the head of a successful response is thrown; what goes wrong afterwards is the
 * last event of the response.
 */
export function createSender(needs: SenderNeeds): Sender {
  return new AttemptSender(needs)
}

class AttemptSender implements Sender {
  readonly #needs: SenderNeeds
  readonly #choose: LaneChooser
  /** The watchdogs of all attempts under way. */
  readonly #deadlines: Deadlines<Watchdog>
  readonly #counts: ResponseCounts
  readonly #times = new FirstTokenTimes()
  readonly #cleaner = new FailureCleaner()
  readonly #userAgent: string
  #stopped = false

  constructor(needs: SenderNeeds) {
    this.#needs = needs
    this.#choose = createLaneChooser(needs.dialects)
    this.#counts = new ResponseCounts(needs.telemetry)
    this.#deadlines = createDeadlines(needs.clock, LIMITS.deadlineSlackMs)
    this.#userAgent = `gatehouse/${needs.version}`
  }

  stop(): void {
    this.#stopped = true
    for (const watchdog of this.#deadlines.all()) watchdog.abort(new Failure('shutting-down'))
  }

  send(attempt: Attempt): Promise<ModelResponse> {
    const { answerHere: ownAnswer, inputs } = operationOf(attempt.exchange.request)
    if (inputs !== undefined) return this.#askAbout(attempt, inputs)
    const asked = this.#ask(attempt)
    return ownAnswer === undefined ? asked : askedOrHere(attempt, asked)
  }

  /** Asks about inputs, in as many requests as it takes. */
  async #askAbout(attempt: Attempt, inputs: AnyInputs): Promise<ModelResponse> {
    const parts = this.#partsOf(attempt, inputs)
    return parts === undefined
      ? await this.#ask(attempt)
      : await askInParts(attempt, parts, (part) => this.#ask(part, true))
  }

  /** The parts in which a request has to be asked that is too much for one; undefined where it is not. */
  #partsOf({ exchange, target }: Attempt, inputs: AnyInputs): readonly Part[] | undefined {
    const quirks = this.#choose(target, exchange.dialect, exchange.request)?.spoken.quirks
    return quirks === undefined ? undefined : splitRequest(exchange.request, inputs, quirks)
  }

  /** @param toJoin true where the answer has to be read, since it is a part of another one */
  async #ask(attempt: Attempt, toJoin = false): Promise<ModelResponse> {
    if (this.#stopped) throw new Failure('shutting-down')
    if (attempt.signal.aborted) throw abortFailure(attempt.signal)
    const { exchange, target } = attempt
    const choice = this.#choose(target, exchange.dialect, exchange.request)
    if (choice === undefined) return answerHere(attempt)
    const call = new Call(attempt, choice, this.#cleaner)
    call.reworded ||= toJoin
    const wire = call.write()
    call.reworded ||= wire.reworded === true
    const written = isJson(wire.body) ? wire.body : await toSendable(wire.body)
    const headers = this.#headers(call, wire.headers, contentTypeOf(written))
    refuseLoss(attempt)
    const content = contentOf(written)
    attempt.exchange.trail.content?.noteSent({
      attempt: attempt.id,
      dialect: choice.dialect.name,
      target: target.id,
      model: target.model,
      lane: choice.lane,
      body: content,
      isPart: toJoin,
    })
    const isLarge = content !== undefined && content.length > LIMITS.largeBodyBytes
    const body = isLarge ? await writeLarge(content, attempt, this.#needs.clock) : content
    if (this.#stopped) throw new Failure('shutting-down')
    const watchdog = this.#watch(attempt)
    let response: HttpResponse
    try {
      response = await this.#needs.http.send(
        toHttpRequest(call, { endpoint: wire.endpoint, headers, body }, watchdog),
      )
      watchdog.answered()
    } catch (thrown) {
      const failure = failureBeforeHead(thrown, watchdog)
      watchdog.stop()
      throw failure
    }
    this.#counts.count(choice, response.status)
    const isSuccess = response.status >= 200 && response.status < 300
    if (isSuccess) return await receive(call, response, { watchdog, clock: this.#needs.clock })
    const failure = await refusalOf(response, choice.dialect, { clock: this.#needs.clock, watchdog })
    watchdog.stop()
    throw call.clean(failure)
  }

  #headers(
    { attempt, choice }: Call,
    wireHeaders: WireHeaders,
    contentType: string | undefined,
  ): WireHeaders {
    const headers = outboundHeaders({
      spoken: choice.spoken,
      credential: attempt.credential,
      wireHeaders,
      attemptId: attempt.id,
      hops: attempt.exchange.envelope.hops,
      accept: isStream(attempt) ? choice.dialect.framing.mediaType : 'application/json',
      contentType,
      userAgent: this.#userAgent,
    })
    if (this.#needs.propagate?.has(attempt.target.provider) === true) addTraceHeaders(headers, attempt)
    return headers
  }

  #watch(attempt: Attempt): Watchdog {
    const wholeExchange = attempt.deadlineAtMs >= attempt.exchange.deadlineAtMs
    return new Watchdog({
      clock: this.#needs.clock,
      deadlines: this.#deadlines,
      timeouts: this.#times.limits(attempt.target, requestFeatures(attempt.exchange)),
      times: this.#times,
      target: attempt.target.id,
      stream: isStream(attempt),
      deadlineAtMs: attempt.deadlineAtMs,
      deadlineCode: wholeExchange ? 'deadline-exceeded' : 'attempt-timeout',
      signal: attempt.signal,
    })
  }
}

/** Strict mode: what cannot be said without loss is not said at all. Throws `Failure('lossy-translation')`. */
function refuseLoss({ exchange, notices, target }: Attempt): void {
  if (exchange.requestOptions.strict !== true && exchange.route?.strict !== true) return
  const lost = strictNotices(notices.all)
  const [first] = lost
  if (first === undefined) return
  const advice = 'Remove the named fields or turn strict mode off.'
  throw new Failure('lossy-translation', {
    message: `Strict mode is on, and ${target.id} cannot get the request without loss: ${formatNotices(lost)}. ${advice}`,
    ...defined({ param: first.subject }),
  })
}

function isStream({ exchange }: Attempt): boolean {
  return exchange.request.stream
}

/** What goes over the wire. */
interface Written {
  readonly endpoint: WireRequest['endpoint']
  readonly headers: WireHeaders
  readonly body: Uint8Array | string | undefined
}

function toHttpRequest(
  { attempt, choice }: Call,
  { endpoint, headers, body }: Written,
  watchdog: Watchdog,
): HttpRequest {
  const { connectMs, firstByteMs, silenceMs } = watchdog.timeouts
  const { spoken } = choice
  const { auth } = spoken
  const { method, url } =
    endpoint === undefined ? choice : { method: endpoint.method, url: spoken.baseUrl + endpoint.path }
  return {
    method,
    url,
    headers: 'sign' in auth ? signed({ method, url, headers, body }, auth, attempt.credential) : headers,
    body,
    controller: watchdog.controller,
    connectTimeoutMs: connectMs,
    firstByteTimeoutMs: (isStream(attempt) ? firstByteMs : silenceMs) + LIMITS.secondLineMs,
    freshConnection: attempt.freshConnection,
    pool: attempt.credential.id,
    egress: 'any',
  }
}

/** What a response without success means. Redirects are never followed: a credential goes to its own origin only. */
async function refusalOf(
  response: HttpResponse,
  dialect: Dialect,
  watching: { readonly clock: Clock; readonly watchdog: Watchdog },
): Promise<Failure> {
  const { status } = response
  if (status >= 400) return await readErrorResponse(response, dialect, watching)
  response.cancel()
  return new Failure('malformed-response', {
    message: `The provider answered with status ${status}, which is not an answer.`,
  })
}

/**
 * Receives in the form in which the provider answers. When that is not the form that the client asked for, or tools had to be
 * called otherwise, or somebody rewrites what is said, the answer is translated even between equal dialects: some providers
 * answer a request for a stream with JSON, some the reverse.
 */
function receive(
  call: Call,
  response: HttpResponse,
  { watchdog, clock }: { readonly watchdog: Watchdog; readonly clock: Clock },
): MaybePromise<ModelResponse> {
  const { attempt, choice } = call
  const { framing } = choice.dialect
  const asked = isStream(attempt) ? 'stream' : 'unary'
  const form = readableForm(response.headers, asked, framing.mediaType)
  if (form instanceof Failure) {
    watchdog.stop()
    response.cancel()
    throw form
  }
  const mayPass =
    form === asked && call.contentAccess !== 'rewrite' && !call.reworded && !mayShareIndexes(call)
  const lane: Lane = mayPass ? choice.lane : 'translated'
  const reader = openReader(choice.codec, lane, call)
  const head: Mutable<Omit<ModelResponse, 'source'>> = {
    from: choice.origins[lane],
    headers: visibleHeaders(response.headers),
  }
  const { limitHeaders } = attempt.target
  if (limitHeaders !== undefined)
    setDefined(head, 'limits', readLimits(response.headers, limitHeaders, clock))
  const receiving = { response, reader, framing, watchdog, cleaner: call }
  return form === 'stream' ? { ...head, source: receiveStream(receiving) } : receiveUnary(receiving, head)
}

/** May the answer hold calls that a client could not tell apart? */
function mayShareIndexes({ attempt, quirks }: Call): boolean {
  return quirks.sharedCallIndex === true && isStream(attempt) && requestFeatures(attempt.exchange).tools
}
