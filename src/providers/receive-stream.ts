import type { HttpResponse } from '../kit/http-client.ts'
import { parseJsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { createSseFramer, isSseComment, SseFrameTooLarge, type SseFrame } from '../kit/sse.ts'
import { Failure } from '../exchange/failure.ts'
import type { ChunkSource, ResponseChunk } from '../exchange/response.ts'
import type { FrameReader } from './frame-reader.ts'
import { failureInBody } from './http-failure.ts'
import { createShownBytes } from './shown-bytes.ts'
import { createToldEvents } from './told-events.ts'
import type { Watchdog } from './watchdog.ts'

const LF = 10
const BLANK_LINE = new Uint8Array([LF, LF])

/** A response whose head has arrived, and who reads it under whose watch. */
export interface Receiving {
  readonly response: HttpResponse
  readonly reader: FrameReader
  readonly watchdog: Watchdog
}

/**
 * Receives a stream: one read, one chunk. A read that completes no frame is followed by the next one. Everything that
 * goes wrong is the last chunk's `failure` event. Behind the end the rest of the wire is drained within bounds, so that
 * the connection can be used again.
 */
export function receiveStream(receiving: Receiving): ChunkSource {
  const { response, watchdog } = receiving
  const frames = readFrames(receiving.reader)
  let over = false

  const fail = (failure: Failure): ResponseChunk => {
    over = true
    watchdog.stop()
    response.cancel()
    return frames.fail(failure)
  }
  const finish = (): void => {
    over = true
    if (frames.ended === 'end') void drain(response, watchdog)
    else {
      watchdog.stop()
      response.cancel()
    }
  }
  const take = (bytes: Uint8Array | undefined): ResponseChunk | undefined => {
    const chunk = bytes === undefined ? frames.close() : frames.push(bytes)
    watchdog.received(frames.meaningful)
    if (frames.ended !== undefined) finish()
    return chunk
  }
  const broken = (thrown: unknown): Failure =>
    thrown instanceof SseFrameTooLarge
      ? new Failure('response-too-large', { cause: thrown })
      : failureInBody(thrown, watchdog)

  return {
    async next() {
      for (;;) {
        if (over) return undefined
        watchdog.reading()
        try {
          const bytes = await response.read()
          const chunk = over ? undefined : take(bytes)
          if (chunk !== undefined) return chunk
        } catch (thrown) {
          return over ? undefined : fail(broken(thrown))
        }
      }
    },
    cancel(reason) {
      if (over) return
      over = true
      watchdog.abort(reason)
      response.cancel()
    },
  }
}

interface Frames {
  /** Reads bytes; undefined when they said nothing that anybody needs. */
  push(bytes: Uint8Array): ResponseChunk | undefined
  /** The transport ended. Always gives a chunk with an end or a failure. */
  close(): ResponseChunk
  /** What was read and not yet given, with a failure behind it. */
  fail(failure: Failure): ResponseChunk
  /** Did the last bytes hold a semantic event? */
  readonly meaningful: boolean
  /** How the response ended, once it has. */
  readonly ended: 'end' | 'failure' | undefined
}

/** Cuts bytes into frames and shows them to the reader. Frames behind the end are ignored: the first terminator wins. */
function readFrames(reader: FrameReader): Frames {
  const framer = createSseFramer()
  const shown = createShownBytes()
  const events = createToldEvents()
  let told = false

  const onFrame = (frame: SseFrame): void => {
    if (events.ended !== undefined) return
    const silent = isSseComment(frame)
    told ||= !silent
    const show = silent ? reader.verbatim : reader.frame(frame, events.push)
    // A failure is told by the client's dialect, once.
    if (show && !hasFailed()) shown.add(frame)
  }
  const onRest = (frame: SseFrame): void => {
    if (!isWhole(frame)) return
    onFrame(frame)
    if (reader.verbatim && !hasFailed()) shown.append(BLANK_LINE)
  }
  const hasFailed = (): boolean => events.ended === 'failure'
  const take = (): ResponseChunk => {
    const wire = shown.take()
    return wire === undefined ? { events: events.take() } : { events: events.take(), wire }
  }

  return {
    push(bytes) {
      framer.push(bytes, onFrame)
      const chunk = take()
      return chunk.events.length === 0 && chunk.wire === undefined ? undefined : chunk
    },
    close() {
      framer.flush(onRest)
      const said = events.ended !== undefined
      if (told) reader.close(events.push)
      // Ignored when the reader has already said how it ended.
      events.push({ type: 'failure', failure: new Failure(told ? 'stream-truncated' : 'empty-response') })
      return said || events.ended !== 'end' ? take() : { ...take(), concluded: true }
    },
    fail(failure) {
      events.push({ type: 'failure', failure })
      return take()
    },
    get meaningful() {
      return events.meaningful
    },
    get ended() {
      return events.ended
    },
  }
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
