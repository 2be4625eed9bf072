import type { EncodeContext, ResponseEncoder } from '../dialects/dialect.ts'
import { shownIdIn, type ResponseEvent } from '../exchange/event.ts'
import { requestFeatures, type Exchange } from '../exchange/exchange.ts'
import { Failure, toFailure } from '../exchange/failure.ts'
import { operationOf } from '../exchange/operations/all.ts'
import {
  modelOf,
  type ChunkSource,
  type ModelResponse,
  type ResponseChunk,
  type ResponseOrigin,
  type Seam,
} from '../exchange/response.ts'
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Mutable } from '../kit/mutable.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'
import { concatBytes } from '../kit/sse.ts'
import { openByteStream, type Transcript } from './byte-stream.ts'
import type { EndpointMatch } from './endpoints.ts'
import { addCostHeader, exchangeHeaders } from './response-headers.ts'

/** Silence after which a stream's head and a heartbeat are sent, and the longest silence within it. */
const HEARTBEAT_MS = 10_000
/**
 * The runtime copies bytes that it is given as a body, and not those of a stream, of which it does not tell the length. Of passing 3 MB the copy
 * is a fifth; of little it is nothing.
 */
const COPIED_BYTES = 1024 * 1024
const textEncoder = new TextEncoder()

export interface Answering {
  readonly exchange: Exchange
  readonly match: Pick<EndpointMatch, 'dialect' | 'codec'>
  readonly clock: Clock
  /** Keeps what is answered, where the request has an idempotency key. */
  readonly turn?: Turn | undefined
}

/** Takes down an answer that is streamed. */
interface Turn extends Transcript {
  head(exchange: Exchange, told: StreamHead): void
}

interface StreamHead {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly outcome: string
}

/**
 * Answers a unary request: with the provider's own bytes where they say all of the answer, else with the fold of its events.
 * Throws the response's failure.
 *
 * @param chunks all that its source gave, to the last
 */
export function respondWhole(
  answering: Answering,
  { from, headers: shown }: Omit<ModelResponse, 'source'>,
  chunks: readonly ResponseChunk[],
): Response {
  const { exchange, clock } = answering
  const last = chunks.at(-1)?.events.at(-1)
  if (last?.type === 'failure') throw last.failure
  // Written first: the headers tell what was lost by it.
  const written = passedBody(chunks, exchange) ?? foldedBody(chunks, answering, from)
  const headers = exchangeHeaders(exchange, clock.elapsedMs() - exchange.startedElapsedMs)
  headers['content-type'] = 'application/json'
  Object.assign(headers, shown)
  addCostHeader(headers, exchange)
  if (typeof written === 'string' || written.length < COPIED_BYTES)
    return new Response(toBody(written), { headers })
  return new Response(uncopied(written), { headers })
}

/** Bytes as a body that is read at once. */
function uncopied(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(bytes)
      controller.close()
    },
  })
}

/** The provider's own bytes, where they say all there is to say. An answer in one piece comes as one chunk. */
function passedBody(chunks: readonly ResponseChunk[], exchange: Exchange): Uint8Array | undefined {
  let body: Uint8Array | undefined
  for (const chunk of chunks) {
    const wire = passedBytes(chunk, exchange)
    if (wire === undefined || chunk.eventsInWire !== chunk.events.length) return undefined
    body = body === undefined ? wire : concatBytes(body, wire)
  }
  return body
}

/** The fold of the events in the client's dialect. */
function foldedBody(chunks: readonly ResponseChunk[], answering: Answering, from: ResponseOrigin): string {
  const fold = operationOf(answering.exchange.request).createFold()
  for (const { events } of chunks) for (const event of events) fold.push(event)
  const encoder = answering.match.codec.encodeResponse(encodeContext(answering, from))
  return JSON.stringify(encoder.unary(fold.result()))
}

/**
 * The bytes of a chunk, where they may go to the client. Throws `Failure('internal')` where a layer rewrites what is said: nothing
 * passes it by (law 18).
 */
function passedBytes({ wire }: ResponseChunk, { trail }: Exchange): Uint8Array | undefined {
  if (wire === undefined || trail.contentAccess !== 'rewrite') return wire
  throw new Failure('internal', {
    cause: "a provider's bytes have passed by a layer that rewrites what is said",
  })
}

/**
 * Answers a streaming request: with a response whose first event is at hand, or, after `HEARTBEAT_MS` without one, with one
 * that is still on its way. In that case the head and a heartbeat go out now, and even a refusal has to travel inside the stream.
 */
export function respondStream(
  answering: Answering,
  response: ModelResponse | Promise<ModelResponse>,
): Response {
  const { exchange, match, clock, turn } = answering
  const arrival = new Arrival(response)
  const writer = new ChunkWriter(answering, arrival)
  const body = openByteStream({
    source: arrival,
    encode: (chunk) => writer.write(chunk),
    heartbeat: () => textEncoder.encode(match.codec.encodeResponse(encodeContext(answering)).heartbeat()),
    heartbeatMs: HEARTBEAT_MS,
    stallMs: LIMITS.clientStallMs,
    overdue: response instanceof Promise,
    clock,
    transcript: turn,
  })
  const headers = exchangeHeaders(exchange, clock.elapsedMs() - exchange.startedElapsedMs)
  headers['content-type'] = match.codec.streamType?.(exchange.request) ?? match.dialect.framing.contentType
  headers['x-accel-buffering'] = 'no'
  Object.assign(headers, arrival.response?.headers)
  turn?.head(exchange, { status: 200, headers, outcome: 'ok' })
  return new Response(body, { headers })
}

/** A response that may still be on its way. */
class Arrival implements ChunkSource {
  response: ModelResponse | undefined
  readonly #pending: ModelResponse | Promise<ModelResponse>
  #left: Failure | undefined

  constructor(pending: ModelResponse | Promise<ModelResponse>) {
    this.#pending = pending
    if (!(pending instanceof Promise)) this.response = pending
  }

  next(): MaybePromise<ResponseChunk | undefined> {
    return this.response === undefined ? this.#nextOnArrival() : this.response.source.next()
  }

  async #nextOnArrival(): Promise<ResponseChunk | undefined> {
    try {
      this.response = await this.#pending
    } catch (thrown) {
      return { events: [{ type: 'failure', failure: toFailure(thrown) }] }
    }
    if (this.#left !== undefined) this.response.source.cancel(this.#left)
    return await this.response.source.next()
  }

  /**
   * Before the response is there, the client's leaving is known to the pipeline by the request's own signal. One that had
   * been on its way already is cancelled when it is there.
   */
  cancel(reason: Failure): void {
    this.#left = reason
    this.response?.source.cancel(reason)
  }
}

/**
 * Writes chunks for the client: the bytes that a chunk brings, then the events that they do not say. Most native streams bring
 * bytes for everything, and never need an encoder.
 */
class ChunkWriter {
  readonly #answering: Answering
  readonly #arrival: Arrival
  #encoder: ResponseEncoder | undefined
  /** The latest bytes that have spoken, and no encoder knows what they said. */
  #passed: Uint8Array | undefined
  /** The id that they told of the response. */
  #shownId: string | undefined

  constructor(answering: Answering, arrival: Arrival) {
    this.#answering = answering
    this.#arrival = arrival
  }

  write(chunk: ResponseChunk): Uint8Array | undefined {
    const { events, eventsInWire = 0 } = chunk
    const wire = passedBytes(chunk, this.#answering.exchange)
    if (wire !== undefined && wire.length > 0) {
      this.#passed = wire
      this.#shownId ??= shownIdIn(events)
    }
    let text = chunk.seam === undefined ? '' : this.#goOnBehind(chunk.seam)
    for (let index = eventsInWire; index < events.length; index += 1) text += this.#say(events[index])
    if (text === '') return wire
    const written = textEncoder.encode(text)
    return wire === undefined ? written : concatBytes(wire, written)
  }

  #say(event: ResponseEvent | undefined): string {
    if (event === undefined) return ''
    const encoder = this.#open()
    const wire = this.#passed
    if (wire !== undefined && event.type === 'end') return encoder.lastWord()
    if (event.type === 'passed' || (wire !== undefined && event.type !== 'failure')) throw unsayable(event)
    if (wire !== undefined) encoder.follow?.(wire)
    return encoder.event(event)
  }

  #open(): ResponseEncoder {
    this.#encoder ??= this.#answering.match.codec.encodeResponse({
      ...encodeContext(this.#answering, this.#arrival.response?.from),
      ...defined({ shownId: this.#shownId }),
    })
    return this.#encoder
  }

  /** From here on everything is said by the encoder, which has to know what bytes have said before. Gives what is said of the seam itself. */
  #goOnBehind({ said, wire, characters, from, to }: Seam): string {
    const encoder = this.#open()
    const passed = this.#passed
    if (passed !== undefined) {
      for (const event of said) encoder.event(event)
      encoder.follow?.(wire === undefined ? passed : concatBytes(wire, passed))
      this.#passed = undefined
    }
    return encoder.remark?.(`gatehouse-continued at=${characters} from=${from} to=${to}`) ?? ''
  }
}

/**
 * Behind bytes there is only an end or a failure to be said, and what passed unread cannot be said in other words: a layer that
 * wants either has to say on the way in that it rewrites.
 */
function unsayable({ type }: ResponseEvent): Failure {
  return new Failure('internal', {
    cause: `a layer that has not said that it rewrites leaves ${type} to be said`,
  })
}

/** Our bytes as a body. They never live in shared memory, which is all that the narrower type asks for. */
export function toBody(body: string | Uint8Array): BodyInit {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return typeof body === 'string' ? body : (body as Uint8Array<ArrayBuffer>)
}

function encodeContext({ exchange }: Answering, from?: ResponseOrigin): EncodeContext {
  const { trail, state } = exchange
  const context: Mutable<EncodeContext> = {
    request: exchange.request,
    requestId: exchange.id,
    model: from === undefined ? exchange.request.model : modelOf(from),
    createdMs: exchange.startedAtMs,
    estimatedInputTokens: requestFeatures(exchange).inputTokens,
    notice: (code, subject) => trail.note(code, subject),
  }
  if (state !== undefined) context.state = { previousId: state.previousId, isStored: trail.isStored }
  return context
}

/** The response or its failure if it arrives before the first heartbeat is due, else undefined. Never rejects. */
export function settleBeforeHeartbeat(
  pending: Promise<ModelResponse>,
  clock: Clock,
): Promise<ModelResponse | Failure | undefined> {
  return new Promise((resolve) => {
    const timer = clock.after(HEARTBEAT_MS, () => resolve(undefined))
    const settle = (outcome: ModelResponse | Failure): void => {
      timer.cancel()
      resolve(outcome)
    }
    pending.then(settle, (thrown: unknown) => settle(toFailure(thrown)))
  })
}
