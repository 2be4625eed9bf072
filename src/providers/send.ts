import type { Clock } from '../kit/clock.ts'
import type { HttpClient, HttpResponse } from '../kit/http-client.ts'
import type { Dialect, NativeContext } from '../dialects/dialect.ts'
import { estimateInputTokens } from '../exchange/estimate.ts'
import type { Attempt } from '../exchange/exchange.ts'
import { Failure } from '../exchange/failure.ts'
import { addNotice, formatNotices, strictNotices, type Notice } from '../exchange/notice.ts'
import { chatOf } from '../exchange/operation.ts'
import { singleChunk, type Lane, type ModelResponse } from '../exchange/response.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { createLaneChooser, type LaneChoice } from './choose-lane.ts'
import { openReader } from './frame-reader.ts'
import { failureBeforeHead, readErrorResponse } from './http-failure.ts'
import { visibleHeaders } from './inbound-headers.ts'
import { forwardedHeaders, outboundHeaders } from './outbound-headers.ts'
import { receiveStream } from './receive-stream.ts'
import { receiveUnary } from './receive-unary.ts'
import { abortFailure, Watchdog } from './watchdog.ts'

/** The client of HTTP waits this much longer for a whole answer than the watchdog, which knows what the limit is called. */
const SECOND_LINE_MS = 1_000

export interface SenderNeeds {
  readonly dialects: ReadonlyMap<string, Dialect>
  readonly http: HttpClient
  readonly clock: Clock
  readonly telemetry: Telemetry
  /** Our version, for the `user-agent`. */
  readonly version: string
}

/** Sends an attempt and gives back the response as it begins to arrive. Rejects with `Failure` only. */
export type SendAttempt = (attempt: Attempt) => Promise<ModelResponse>

/**
 * Creates the one place that calls providers. What goes wrong before the head of a successful response is thrown;
 * what goes wrong afterwards is the last event of the response.
 */
export function createSender(needs: SenderNeeds): SendAttempt {
  const choose = createLaneChooser(needs.dialects)
  const userAgent = `gatehouse/${needs.version}`
  return async (attempt) => {
    if (attempt.signal.aborted) throw abortFailure(attempt.signal)
    const { exchange, target } = attempt
    const choice = choose(target, exchange.dialect, exchange.request.operation)
    if (choice === undefined) return answerHere(attempt)
    const outgoing = writeRequest(attempt, choice, userAgent)
    refuseLoss(attempt, outgoing.notices)
    const watchdog = watch(attempt, needs.clock)
    const response = await openResponse({ needs, attempt, choice, outgoing, watchdog })
    needs.telemetry.count('gatehouse_provider_responses_total', {
      provider: target.provider,
      lane: choice.lane,
      status: `${Math.floor(response.status / 100)}xx`,
    })
    if (response.status >= 200 && response.status < 300) {
      for (const notice of outgoing.notices) exchange.trail.note(notice)
      return receive(attempt, { choice, response, watchdog })
    }
    const failure = await refusalOf(response, choice.dialect, { clock: needs.clock, watchdog })
    watchdog.stop()
    throw failure
  }
}

/** Counts tokens without the provider; there is nothing else that can be answered without one. */
function answerHere(attempt: Attempt): ModelResponse {
  const { exchange, target } = attempt
  if (exchange.request.operation !== 'count-tokens') {
    throw new Failure('unsupported-feature', { message: `The target ${target.id} cannot do this operation.` })
  }
  exchange.trail.note({ code: 'usage.estimated' })
  const inputTokens = estimateInputTokens(chatOf(exchange.request))
  const source = singleChunk([{ type: 'token-count', inputTokens, estimated: true }, { type: 'end' }])
  return { target, lane: 'translated', headers: {}, source }
}

interface WrittenRequest {
  readonly headers: Record<string, string>
  readonly body: Uint8Array | string
  /** What the target does not get as the client meant it. Told to the client when this target answers. */
  readonly notices: readonly Notice[]
}

function writeRequest(attempt: Attempt, choice: LaneChoice, userAgent: string): WrittenRequest {
  const { exchange, target } = attempt
  const { dialect, spoken } = choice
  const { request, raw } = exchange
  const notices: Notice[] = []
  const context: NativeContext = {
    request,
    scan: raw.scan,
    model: target.model,
    capabilities: target.capabilities,
    quirks: spoken.quirks,
    notice: (code, subject) => addNotice(notices, subject === undefined ? { code } : { code, subject }),
    headers: forwardedHeaders(raw.headers, dialect.forwardHeaders),
  }
  const wire = choice.rewrites
    ? dialect.encodeRequest(request, context)
    : dialect.passRequest(raw.body, context)
  const headers = outboundHeaders({
    spoken,
    credential: attempt.credential,
    wireHeaders: wire.headers,
    attemptId: attempt.id,
    stream: isStream(attempt),
    userAgent,
  })
  return { headers, body: wire.body, notices }
}

/** Strict mode: what cannot be said without loss is not said at all. Throws `Failure('lossy-translation')`. */
function refuseLoss({ exchange, target }: Attempt, notices: readonly Notice[]): void {
  if (exchange.wishes.strict !== true && exchange.route?.strict !== true) return
  const lost = strictNotices(notices)
  const [first] = lost
  if (first === undefined) return
  const advice = 'Remove the named fields or turn strict mode off.'
  throw new Failure('lossy-translation', {
    message: `Strict mode is on, and ${target.id} cannot get the request without loss: ${formatNotices(lost)}. ${advice}`,
    ...(first.subject === undefined ? {} : { param: first.subject }),
  })
}

function isStream({ exchange }: Attempt): boolean {
  return exchange.request.stream
}

function watch(attempt: Attempt, clock: Clock): Watchdog {
  const wholeExchange = attempt.deadlineAtMs >= attempt.exchange.deadlineAtMs
  return new Watchdog({
    clock,
    timeouts: attempt.target.timeouts,
    stream: isStream(attempt),
    deadlineAtMs: attempt.deadlineAtMs,
    deadlineCode: wholeExchange ? 'deadline-exceeded' : 'attempt-timeout',
    signal: attempt.signal,
  })
}

interface Opening {
  readonly needs: SenderNeeds
  readonly attempt: Attempt
  readonly choice: LaneChoice
  readonly outgoing: WrittenRequest
  readonly watchdog: Watchdog
}

async function openResponse({ needs, attempt, choice, outgoing, watchdog }: Opening): Promise<HttpResponse> {
  const { timeouts } = attempt.target
  try {
    const response = await needs.http.send({
      method: choice.endpoint.method,
      url: choice.url,
      headers: outgoing.headers,
      body: outgoing.body,
      controller: watchdog.controller,
      connectTimeoutMs: timeouts.connectMs,
      // A unary answer has no head before it is complete.
      firstByteTimeoutMs: isStream(attempt) ? timeouts.firstByteMs : timeouts.totalMs + SECOND_LINE_MS,
      freshConnection: attempt.freshConnection,
      pool: attempt.credential.id,
      egress: 'any',
    })
    watchdog.answered()
    return response
  } catch (thrown) {
    const failure = failureBeforeHead(thrown, watchdog)
    watchdog.stop()
    throw failure
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

interface Answered {
  readonly choice: LaneChoice
  readonly response: HttpResponse
  readonly watchdog: Watchdog
}

/**
 * Receives in the form in which the provider answers. When that is not the form that the client asked for, the answer is
 * translated even between equal dialects: some providers answer a request for a stream with JSON, some the reverse.
 */
function receive(attempt: Attempt, { choice, response, watchdog }: Answered): ModelResponse {
  const { exchange, target } = attempt
  const form = formOf(response.headers.get('content-type'), isStream(attempt))
  if (form === undefined) {
    watchdog.stop()
    response.cancel()
    throw new Failure('malformed-response', { message: 'The provider sent a web page instead of an answer.' })
  }
  const expected = form === (isStream(attempt) ? 'stream' : 'unary')
  const lane: Lane = expected ? choice.lane : 'translated'
  const reader = openReader(choice.dialect, lane, {
    request: exchange.request,
    quirks: choice.spoken.quirks,
  })
  const receiving = { response, reader, watchdog }
  return {
    target,
    lane,
    headers: visibleHeaders(response.headers),
    source: form === 'stream' ? receiveStream(receiving) : receiveUnary(receiving),
  }
}

/** The form that a content type announces; types that say nothing are taken for what was asked for. */
function formOf(contentType: string | null, stream: boolean): 'stream' | 'unary' | undefined {
  const type = (contentType ?? '').toLowerCase()
  if (type.startsWith('text/event-stream')) return 'stream'
  if (/^application\/(?:[\w.-]+\+)?json/.test(type)) return 'unary'
  if (/^(?:text\/html|application\/xhtml|(?:text|application)\/xml)/.test(type)) return undefined
  return stream ? 'stream' : 'unary'
}
