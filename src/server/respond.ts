import type { Dialect, EncodeContext, ResponseEncoder } from '../dialects/dialect.ts'
import { createCollector, type Collector } from '../exchange/collect.ts'
import { requestFeatures, type Exchange } from '../exchange/exchange.ts'
import { toFailure, type Failure } from '../exchange/failure.ts'
import type { ChunkSource, ModelResponse, ResponseChunk } from '../exchange/response.ts'
import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import { concatBytes } from '../kit/sse.ts'
import { openByteStream } from './byte-stream.ts'
import { addCostHeader, exchangeHeaders } from './response-headers.ts'

const EVENT_STREAM = 'text/event-stream; charset=utf-8'
/** Silence after which a stream's head and a heartbeat are sent, and the longest silence within it. */
const HEARTBEAT_MS = 10_000
const NO_BYTES = new Uint8Array(0)
const textEncoder = new TextEncoder()

export interface Answering {
  readonly exchange: Exchange
  readonly dialect: Dialect
  readonly clock: Clock
}

/**
 * Answers a unary request: the fold of the response's events, or the provider's own bytes in the native lane. Rejects with
 * the response's failure.
 */
export async function respondWhole(answering: Answering, response: ModelResponse): Promise<Response> {
  const { exchange, clock } = answering
  const body = response.lane === 'native' ? new PassedBody() : new FoldedBody()
  for (;;) {
    const chunk = await response.source.next()
    if (chunk === undefined) break
    const last = chunk.events[chunk.events.length - 1]
    if (last?.type === 'failure') throw last.failure
    body.take(chunk)
    if (last?.type === 'end') break
  }
  // Written first: the headers tell what was lost by it.
  const written = toBody(body.finish(answering, response))
  const headers = exchangeHeaders(exchange, clock.elapsedMs() - exchange.startedElapsedMs)
  headers['content-type'] = 'application/json'
  Object.assign(headers, response.headers)
  addCostHeader(headers, exchange)
  return new Response(written, { headers })
}

/** The provider's own bytes, joined. */
class PassedBody {
  #wire: Uint8Array = NO_BYTES

  take({ wire }: ResponseChunk): void {
    if (wire !== undefined) this.#wire = this.#wire.length === 0 ? wire : concatBytes(this.#wire, wire)
  }

  finish(): Uint8Array {
    return this.#wire
  }
}

/** The fold of the events in the client's dialect. */
class FoldedBody {
  readonly #collector: Collector = createCollector()

  take({ events }: ResponseChunk): void {
    for (const event of events) this.#collector.push(event)
  }

  finish(answering: Answering, response: ModelResponse): string {
    const encoder = answering.dialect.encodeResponse(encodeContext(answering, response))
    return JSON.stringify(encoder.unary(this.#collector.message()))
  }
}

/**
 * Answers a streaming request: with a response whose first event is at hand, or, after `HEARTBEAT_MS` without one, with one
 * that is still on its way. In that case the head and a heartbeat go out now, and even a refusal has to travel inside the stream.
 */
export function respondStream(
  answering: Answering,
  response: ModelResponse | Promise<ModelResponse>,
): Response {
  const { exchange, dialect, clock } = answering
  const arrival = new Arrival(response)
  const writer = new ChunkWriter(answering, arrival)
  const body = openByteStream({
    source: arrival,
    encode: (chunk) => writer.write(chunk),
    heartbeat: () => textEncoder.encode(dialect.encodeResponse(encodeContext(answering)).heartbeat()),
    heartbeatMs: HEARTBEAT_MS,
    stallMs: LIMITS.clientStallMs,
    overdue: response instanceof Promise,
    clock,
  })
  const headers = exchangeHeaders(exchange, clock.elapsedMs() - exchange.startedElapsedMs)
  headers['content-type'] = EVENT_STREAM
  headers['x-accel-buffering'] = 'no'
  return new Response(body, { headers: Object.assign(headers, arrival.response?.headers) })
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

  next(): Promise<ResponseChunk | undefined> {
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
 * Writes chunks for the client. In the native lane the provider's own bytes are sent; only a failure, and an end that they do
 * not say, need words of ours, so most native streams never need an encoder.
 */
class ChunkWriter {
  readonly #answering: Answering
  readonly #arrival: Arrival
  #encoder: ResponseEncoder | undefined

  constructor(answering: Answering, arrival: Arrival) {
    this.#answering = answering
    this.#arrival = arrival
  }

  write({ events, wire, concluded }: ResponseChunk): Uint8Array | undefined {
    const isNative = this.#arrival.response?.lane === 'native'
    let text = ''
    for (const event of events) {
      if (!isNative || event.type === 'failure') text += this.#open().event(event)
      else if (event.type === 'end' && concluded === true) text += this.#open().lastWord()
    }
    if (text === '') return wire
    const said = textEncoder.encode(text)
    return wire === undefined ? said : concatBytes(wire, said)
  }

  #open(): ResponseEncoder {
    const { dialect } = this.#answering
    this.#encoder ??= dialect.encodeResponse(encodeContext(this.#answering, this.#arrival.response))
    return this.#encoder
  }
}

/** Our bytes as a body. They never live in shared memory, which is all that the narrower type asks for. */
export function toBody(body: string | Uint8Array): BodyInit {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return typeof body === 'string' ? body : (body as Uint8Array<ArrayBuffer>)
}

function encodeContext({ exchange }: Answering, response?: ModelResponse): EncodeContext {
  return {
    request: exchange.request,
    requestId: exchange.id,
    model: response?.target.model ?? exchange.request.model,
    createdMs: exchange.startedAtMs,
    estimatedInputTokens: requestFeatures(exchange).inputTokens,
    notice: (code, subject) => exchange.trail.note(code, subject),
  }
}

/** The response or its failure if it arrives before the first heartbeat is due, else undefined. Never rejects. */
export function settleSoon(
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
