import type { HttpResponse } from '../kit/http-client.ts'
import { parseJsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Framing } from '../kit/framing.ts'
import { isSseComment, SseFrameTooLarge, type SseFrame, type SseFramer } from '../kit/sse.ts'
import type { ResponseEvent } from '../exchange/event.ts'
import { Failure } from '../exchange/failure.ts'
import type { ChunkSource, ResponseChunk } from '../exchange/response.ts'
import type { FrameReader } from './frame-reader.ts'
import { failureInBody } from './http-failure.ts'
import { ShownBytes } from './shown-bytes.ts'
import { EventBuffer } from './event-buffer.ts'
import type { Watchdog } from './watchdog.ts'

const LF = 10
const TOO_IDLE = 'The provider sent too much without saying anything.'
const NO_BYTES = new Uint8Array(0)
const BLANK_LINE = new Uint8Array([LF, LF])

/** What makes a failure that a provider told fit to be known. */
export interface CleansFailures {
  clean(failure: Failure): Failure
}

/** A response whose head has arrived, and who reads it under whose watch. */
export interface Receiving {
  readonly response: HttpResponse
  readonly reader: FrameReader
  /** How a stream is cut into frames. */
  readonly framing: Framing
  readonly watchdog: Watchdog
  readonly cleaner: CleansFailures
}

/**
 * Receives a stream: one read, one chunk. A read that completes no frame is followed by the next one. Everything that
 * goes wrong is the last chunk's `failure` event, unless it goes wrong when only the dialect's last word was missing. Behind the end the rest of the wire is drained within bounds, so that
 * the connection can be used again.
 */
export function receiveStream(receiving: Receiving): ChunkSource {
  return new StreamSource(receiving)
}

class StreamSource implements ChunkSource {
  readonly #response: HttpResponse
  readonly #watchdog: Watchdog
  readonly #frames: Frames
  #over = false

  constructor({ response, reader, framing, watchdog, cleaner }: Receiving) {
    this.#response = response
    this.#watchdog = watchdog
    this.#frames = new Frames(reader, cleaner, framing.open())
  }

  async next(): Promise<ResponseChunk | undefined> {
    for (;;) {
      if (this.#over) return undefined
      this.#watchdog.reading()
      try {
        const bytes = await this.#response.read()
        const chunk = this.#over ? undefined : this.#take(bytes)
        if (chunk !== undefined) return chunk
      } catch (thrown) {
        return this.#over ? undefined : this.#fail(thrown)
      }
    }
  }

  cancel(reason: Failure): void {
    if (this.#over) return
    this.#over = true
    this.#watchdog.abort(reason)
    this.#response.cancel()
  }

  #take(bytes: Uint8Array | undefined): ResponseChunk | undefined {
    const frames = this.#frames
    const chunk = bytes === undefined ? frames.close() : frames.push(bytes)
    this.#watchdog.received(frames.meaningful)
    if (frames.ended !== undefined) this.#finish(frames.ended)
    else if (frames.complete) this.#watchdog.expectEnd()
    return chunk
  }

  #finish(ended: 'end' | 'failure'): void {
    this.#over = true
    if (ended === 'end') void drain(this.#response, this.#watchdog)
    else this.#stop()
  }

  #fail(thrown: unknown): ResponseChunk {
    this.#over = true
    const failure =
      thrown instanceof SseFrameTooLarge
        ? new Failure('response-too-large', { cause: thrown })
        : failureInBody(thrown, this.#watchdog)
    this.#stop()
    const { row } = failure
    return this.#frames.complete && row.source !== 'client'
      ? this.#frames.close()
      : this.#frames.fail(failure)
  }

  #stop(): void {
    this.#watchdog.stop()
    this.#response.cancel()
  }
}

/** Cuts bytes into frames and shows them to the reader. Frames behind the end are ignored: the first terminator wins. */
class Frames {
  readonly #reader: FrameReader
  readonly #cleaner: CleansFailures
  readonly #framer: SseFramer
  readonly #shown = new ShownBytes()
  readonly #events = new EventBuffer()
  #told = false
  /** Some servers say with every frame why the answer ended, and then go on. */
  #goesOn = false
  /** Bytes of frames since one of them said something. */
  #idleBytes = 0

  constructor(reader: FrameReader, cleaner: CleansFailures, framer: SseFramer) {
    this.#reader = reader
    this.#cleaner = cleaner
    this.#framer = framer
  }

  /** Did the last bytes hold a semantic event? */
  get meaningful(): boolean {
    return this.#events.meaningful
  }

  /** How the response ended, once it has. */
  get ended(): 'end' | 'failure' | undefined {
    return this.#events.ended
  }

  /** Has everything been said but the dialect's last word? */
  get complete(): boolean {
    return this.#reader.complete && !this.#goesOn
  }

  /** Reads bytes; undefined when they said nothing that anybody needs. */
  push(bytes: Uint8Array): ResponseChunk | undefined {
    const wasComplete = this.#reader.complete
    this.#framer.push(bytes, this.#onFrame)
    this.#countIdle()
    const chunk = this.#take()
    if (wasComplete && this.meaningful) this.#goesOn = true
    const { events, wire = NO_BYTES } = chunk
    return events.length === 0 && wire.length === 0 ? undefined : chunk
  }

  /** Comments and empty deltas cost as much as words, and could come as fast as the wire is for as long as silence may last. */
  #countIdle(): void {
    if (this.#events.hasMeaning) this.#idleBytes = 0
    else if (this.#idleBytes > LIMITS.idleBytes && !this.complete) {
      this.#events.push({
        type: 'failure',
        failure: new Failure('response-too-large', { message: TOO_IDLE }),
      })
    }
  }

  /** Nothing more will come. Always gives a chunk with an end or a failure. */
  close(): ResponseChunk {
    const events = this.#events
    this.#framer.flush((frame) => this.#onRest(frame))
    const isTold = events.ended !== undefined
    if (this.#told) this.#reader.close(events.push)
    // Ignored when the reader has already said how it ended.
    events.push({ type: 'failure', failure: new Failure(this.#told ? 'stream-truncated' : 'empty-response') })
    return this.#take(!isTold && events.ended === 'end')
  }

  /** What was read and not yet given, with a failure behind it. */
  fail(failure: Failure): ResponseChunk {
    this.#events.push({ type: 'failure', failure })
    return this.#take()
  }

  /** Bound once, because the framer takes it with every read. */
  readonly #onFrame = (frame: SseFrame): void => {
    if (this.ended !== undefined) return
    const silent = isSseComment(frame)
    this.#idleBytes += frame.bytes.length
    this.#told ||= !silent
    const show = silent ? this.#reader.verbatim : this.#reader.frame(frame, this.#events.push)
    // A failure is told by the client's dialect, once.
    if (show && !this.#hasFailed()) this.#shown.add(frame)
  }

  #onRest(frame: SseFrame): void {
    if (!isWhole(frame)) return
    this.#onFrame(frame)
    if (this.#reader.verbatim && !this.#hasFailed()) this.#shown.append(BLANK_LINE)
  }

  #hasFailed(): boolean {
    return this.ended === 'failure'
  }

  /** What was read since the last call. A failure, and an end that was concluded, are said by no bytes. */
  #take(isEndImplied = false): ResponseChunk {
    const taken = this.#events.take()
    const events = this.#hasFailed() ? taken.map((event) => cleanEvent(event, this.#cleaner)) : taken
    if (!this.#reader.verbatim) return { events }
    const unsaid = isEndImplied || this.#hasFailed() ? 1 : 0
    return { events, wire: this.#shown.take() ?? NO_BYTES, eventsInWire: events.length - unsaid }
  }
}

/** An event whose failure, if it is one, may be told. */
export function cleanEvent(event: ResponseEvent, cleaner: CleansFailures): ResponseEvent {
  return event.type === 'failure' ? { type: 'failure', failure: cleaner.clean(event.failure) } : event
}

/**
 * Is what is left at the end of the transport a frame that only lacks its blank line? Some servers forget it behind
 * their terminator; a frame that was cut in two must not be read.
 */
function isWhole(frame: SseFrame): boolean {
  const { data } = frame
  if (data.startsWith('{')) return parseJsonObject(data) !== undefined
  return data !== '' && (frame.bytes.at(-1) === LF || data.endsWith(']'))
}

/** Reads what lies behind the end, within bounds, so that the connection goes back to its pool. */
async function drain(response: HttpResponse, watchdog: Watchdog): Promise<void> {
  watchdog.wind(LIMITS.drainMs)
  let left: number = LIMITS.drainBytes
  try {
    for (let bytes = await response.read(); bytes !== undefined; bytes = await response.read()) {
      left -= bytes.length
      if (left < 0) break
    }
    if (left < 0) response.cancel()
  } catch {
    // The answer is complete; how its connection ends concerns nobody.
  }
  watchdog.stop()
}
