import { parseCutObject } from '../kit/cut-json.ts'
import { isSpace } from '../kit/json-bytes.ts'
import type { PartWatcher } from '../kit/http-client.ts'
import { HttpError } from '../kit/http-error.ts'
import { parseJsonObject, parseJsonObjectExactly, type JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import type { ResponseEvent } from '../exchange/event.ts'
import { Failure } from '../exchange/failure.ts'
import { singleChunk, type ModelResponse, type ResponseChunk } from '../exchange/response.ts'
import type { FrameReader } from './frame-reader.ts'
import { failureInBody } from './http-failure.ts'
import { cleanEvent, type Receiving } from './receive-stream.ts'
import type { Watchdog } from './watchdog.ts'

const decoder = new TextDecoder()
/** `}` */
const OBJECT_END = 0x7d

/**
 * Receives a whole answer, which then is at hand as one chunk. Never rejects: everything that goes wrong is that chunk's `failure`
 * event.
 */
export async function receiveUnary(
  receiving: Receiving,
  head: Omit<ModelResponse, 'source'>,
): Promise<ModelResponse> {
  const { response, watchdog } = receiving
  let chunk: ResponseChunk
  watchdog.reading()
  try {
    chunk = readWhole(await response.readAll(LIMITS.responseBodyBytes, new Progress(watchdog)), receiving)
  } catch (thrown) {
    response.cancel()
    chunk = readBroken(thrown, receiving)
  }
  watchdog.stop()
  return { ...head, source: singleChunk(chunk) }
}

/**
 * Watches a body come whose length was not announced. Some providers send their head at once and blank lines while they work,
 * which could go on for ever.
 */
class Progress implements PartWatcher {
  readonly #watchdog: Watchdog
  #parts: Uint8Array[] | undefined

  constructor(watchdog: Watchdog) {
    this.#watchdog = watchdog
  }

  came(part: Uint8Array): void {
    const watchdog = this.#watchdog
    const last = part.findLast((byte) => !isSpace(byte))
    const parts = (this.#parts ??= [])
    parts.push(part)
    watchdog.received(last !== undefined)
    if (last === OBJECT_END) watchdog.mayBeWhole(() => isWhole(parts))
    watchdog.reading()
  }
}

function isWhole(parts: readonly Uint8Array[]): boolean {
  return parseJsonObject(decoder.decode(Buffer.concat(parts))) !== undefined
}

/** An answer whose transport broke off, or hangs: complete all the same if nothing is missing, as far as its form can tell. */
function readBroken(thrown: unknown, receiving: Receiving): ResponseChunk {
  const failure = failureInBody(thrown, receiving.watchdog)
  const received = thrown instanceof HttpError ? thrown.received : undefined
  const isWanted = failure.code !== 'response-too-large' && failure.row.source !== 'client'
  if (received !== undefined && isWanted && parseJsonObject(decoder.decode(received)) !== undefined) {
    return readWhole(received, receiving)
  }
  return received === undefined
    ? failed(failure)
    : cutOff(decoder.decode(received), receiving.reader, failure)
}

/** An answer of which only the beginning came. What that says of usage has to be paid. */
function cutOff(text: string, reader: FrameReader, failure: Failure): ResponseChunk {
  const body = parseCutObject(text)
  const events: ResponseEvent[] = []
  if (body !== undefined) {
    reader.unary(body, (event) => {
      if (event.type === 'usage') events[0] = { type: 'usage', usage: event.usage }
    })
  }
  return { events: [...events, failureEvent(failure)] }
}

/** An answer as an object, or undefined where it is none. */
function parseWhole(text: string, { exact, mayBeList }: FrameReader): JsonObject | undefined {
  const parse = exact ? parseJsonObjectExactly : parseJsonObject
  return parse(mayBeList && text.trimStart().startsWith('[') ? `{"data":${text}}` : text)
}

function readWhole(wire: Uint8Array, { reader, cleaner }: Receiving): ResponseChunk {
  const skimmed: ResponseEvent[] = []
  if (reader.skim?.(wire, (event) => void skimmed.push(event)) === true)
    return { events: skimmed, wire, eventsInWire: skimmed.length }
  const text = decoder.decode(wire)
  if (text.trim() === '') return failed(new Failure('empty-response'))
  const body = parseWhole(text, reader)
  if (body === undefined) return cutOff(text, reader, new Failure('malformed-response'))
  const events: ResponseEvent[] = []
  reader.unary(body, (event) => void events.push(event))
  const last = events.at(-1)
  if (last?.type === 'failure') return { events: events.map((event) => cleanEvent(event, cleaner)) }
  if (last?.type !== 'end') return { events: [...events, failureEvent(new Failure('malformed-response'))] }
  return reader.verbatim ? { events, wire, eventsInWire: events.length } : { events }
}

function failed(failure: Failure): ResponseChunk {
  return { events: [failureEvent(failure)] }
}

function failureEvent(failure: Failure): ResponseEvent {
  return { type: 'failure', failure }
}
