import type { Dialect, ResponseEncoder } from '../dialects/dialect.ts'
import { createCollector } from '../exchange/collect.ts'
import { isLastChunk } from '../exchange/ending.ts'
import { estimateInputTokens } from '../exchange/estimate.ts'
import type { ResponseEvent } from '../exchange/event.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { Failure, toFailure } from '../exchange/failure.ts'
import { chatOf } from '../exchange/operation.ts'
import type { Lane, ModelResponse, ResponseChunk } from '../exchange/response.ts'
import type { Clock } from '../kit/clock.ts'
import { concatBytes } from '../kit/sse.ts'
import { costHeader, exchangeHeaders } from './response-headers.ts'

const EVENT_STREAM = 'text/event-stream; charset=utf-8'
const textEncoder = new TextEncoder()

export interface Answering {
  readonly exchange: Exchange
  readonly dialect: Dialect
  readonly clock: Clock
}

/** Answers a unary request: the fold of the response's events, or the provider's own bytes in the native lane. */
export async function respondWhole(answering: Answering, response: ModelResponse): Promise<Response> {
  const { exchange, clock } = answering
  const body = response.lane === 'native' ? await joinWire(response) : await fold(answering, response)
  const headers = exchangeHeaders(exchange, clock.elapsedMs() - exchange.startedElapsedMs)
  headers['content-type'] = 'application/json'
  return new Response(toBody(body), {
    headers: Object.assign(headers, response.headers, costHeader(exchange)),
  })
}

/** Reads a response to its end. Throws its failure. */
async function drainResponse({ source }: ModelResponse, take: (chunk: ResponseChunk) => void): Promise<void> {
  for (;;) {
    const chunk = await source.next()
    if (chunk === undefined) return
    const last = chunk.events[chunk.events.length - 1]
    if (last?.type === 'failure') throw last.failure
    take(chunk)
    if (last?.type === 'end') return
  }
}

async function joinWire(response: ModelResponse): Promise<Uint8Array> {
  let wire: Uint8Array = new Uint8Array(0)
  await drainResponse(response, (chunk) => {
    if (chunk.wire !== undefined) wire = wire.length === 0 ? chunk.wire : concatBytes(wire, chunk.wire)
  })
  return wire
}

async function fold(answering: Answering, response: ModelResponse): Promise<string> {
  const collector = createCollector()
  await drainResponse(response, ({ events }) => {
    for (const event of events) collector.push(event)
  })
  return JSON.stringify(createEncoder(answering, response).unary(collector.message()))
}

/** Answers a streaming request whose first event is at hand. */
export function respondStream(answering: Answering, response: ModelResponse): Response {
  const { exchange, clock } = answering
  const headers = {
    ...response.headers,
    ...streamHeaders(),
    ...exchangeHeaders(exchange, clock.elapsedMs() - exchange.startedElapsedMs),
  }
  const encoder = createEncoder(answering, response)
  const body = toByteStream(response, (chunk) => encodeChunk(chunk, response.lane, encoder))
  return new Response(body, { headers })
}

/**
 * Answers a streaming request before anything is known: proxies cut connections that stay silent for a minute, so the
 * head and a heartbeat go out and the rest follows. From here on even a refusal has to travel inside the stream.
 */
export function respondLate(
  answering: Answering,
  pending: Promise<ModelResponse>,
  heartbeatMs: number,
): Response {
  const { exchange, clock } = answering
  let late: { readonly response: ModelResponse; readonly encoder: ResponseEncoder } | undefined
  const early = createEncoder(answering)
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (late === undefined) {
          const arrived = await settleWithin(pending, heartbeatMs, clock)
          if (arrived === undefined) return controller.enqueue(textEncoder.encode(early.heartbeat()))
          if (arrived instanceof Failure) {
            controller.enqueue(textEncoder.encode(early.event({ type: 'failure', failure: arrived })))
            return controller.close()
          }
          late = { response: arrived, encoder: createEncoder(answering, arrived) }
        }
        const { response, encoder } = late
        await pumpOnce(response, controller, (chunk) => encodeChunk(chunk, response.lane, encoder))
      },
      cancel() {
        late?.response.source.cancel(new Failure('client-gone'))
      },
    },
    { highWaterMark: 0 },
  )
  const headers = {
    ...streamHeaders(),
    ...exchangeHeaders(exchange, clock.elapsedMs() - exchange.startedElapsedMs),
  }
  return new Response(stream, { headers })
}

/** Our bytes as a body. They never live in shared memory, which is all that the narrower type asks for. */
export function toBody(body: string | Uint8Array): BodyInit {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return typeof body === 'string' ? body : (body as Uint8Array<ArrayBuffer>)
}

function streamHeaders(): Record<string, string> {
  return { 'content-type': EVENT_STREAM, 'x-accel-buffering': 'no' }
}

function createEncoder({ exchange, dialect }: Answering, response?: ModelResponse): ResponseEncoder {
  return dialect.encodeResponse({
    request: exchange.request,
    requestId: exchange.id,
    model: response?.target.model ?? exchange.request.model,
    createdMs: exchange.startedAtMs,
    estimatedInputTokens: estimateInputTokens(chatOf(exchange.request)),
  })
}

/**
 * Bytes of one chunk for the client. In the native lane the provider's own are sent; only a failure, and an end that
 * they do not say, need words of ours.
 */
function encodeChunk(
  { events, wire, concluded }: ResponseChunk,
  lane: Lane,
  encoder: ResponseEncoder,
): Uint8Array | undefined {
  const isOurs = ({ type }: ResponseEvent): boolean =>
    type === 'failure' || (type === 'end' && concluded === true)
  const spoken = lane === 'native' ? events.filter(isOurs) : events
  let text = ''
  for (const event of spoken) text += encoder.event(event)
  if (text === '') return wire
  const said = textEncoder.encode(text)
  return wire === undefined ? said : concatBytes(wire, said)
}

type EncodeChunk = (chunk: ResponseChunk) => Uint8Array | undefined

/** Pull-driven, with nothing queued ahead: a slow reader stops the reading from the provider. */
function toByteStream(response: ModelResponse, encode: EncodeChunk): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) => pumpOnce(response, controller, encode),
      cancel: () => response.source.cancel(new Failure('client-gone')),
    },
    { highWaterMark: 0 },
  )
}

/** Moves chunks until one had something to say, or the response is over. */
async function pumpOnce(
  response: ModelResponse,
  controller: ReadableStreamDefaultController<Uint8Array>,
  encode: EncodeChunk,
): Promise<void> {
  for (;;) {
    const chunk = await response.source.next()
    if (chunk === undefined) return controller.close()
    const bytes = encode(chunk)
    const isSpoken = bytes !== undefined && bytes.length > 0
    if (isSpoken) controller.enqueue(bytes)
    if (isLastChunk(chunk)) return controller.close()
    if (isSpoken) return
  }
}

/** The response or its failure if it arrives in time, else undefined. Never rejects. */
export async function settleWithin(
  pending: Promise<ModelResponse>,
  withinMs: number,
  clock: Clock,
): Promise<ModelResponse | Failure | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>()
  const timer = clock.after(withinMs, () => resolve(undefined))
  const outcome = await Promise.race([pending.catch(toFailure), late])
  timer.cancel()
  return outcome
}
