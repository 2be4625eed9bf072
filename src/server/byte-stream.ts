import { isLastChunk } from '../exchange/watcher.ts'
import { Failure, toFailure } from '../exchange/failure.ts'
import type { ChunkSource, ResponseChunk } from '../exchange/response.ts'
import type { Clock, Timer } from '../kit/clock.ts'

const NOTHING_AHEAD: QueuingStrategy<Uint8Array> = { highWaterMark: 0 }

/** What a streamed body is made of. */
export interface StreamedBody {
  readonly source: ChunkSource
  /** Bytes of a chunk for the client; undefined or empty when it says nothing. */
  readonly encode: (chunk: ResponseChunk) => Uint8Array | undefined
  /** Sent when nothing else was for `heartbeatMs`: proxies cut connections that stay silent for a minute. */
  readonly heartbeat: () => Uint8Array
  readonly heartbeatMs: number
  /** A client that has not read for so long is left: it would hold its place, its money and the provider for ever. */
  readonly stallMs: number
  /** True when the first heartbeat is due at once. */
  readonly overdue: boolean
  readonly clock: Clock
  /** Takes down what goes out; absent: nobody does. */
  readonly transcript?: Transcript | undefined
}

/** Takes down a body. */
export interface Transcript {
  /** What goes out next, heartbeats apart. */
  take(bytes: Uint8Array): void
  /** It is whole. Waited for before the last of it goes out; never rejects. */
  finish(): Promise<void>
  /** It does not become whole. Harmless behind `finish`. */
  leave(): void
}

/**
 * Opens the body. Pull-driven, with nothing queued ahead: a slow reader stops the reading from the provider. Chunks are cut
 * at frame boundaries, so a heartbeat never lands inside a frame.
 */
export function openByteStream(body: StreamedBody): ReadableStream<Uint8Array> {
  return new ReadableStream(new Pump(body), NOTHING_AHEAD)
}

class Pump implements UnderlyingDefaultSource<Uint8Array> {
  readonly #body: StreamedBody
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #timer: Timer | undefined
  /** When bytes were last sent, on the monotonic scale. */
  #sentMs: number
  #reading = false
  #over = false

  constructor(body: StreamedBody) {
    this.#body = body
    this.#sentMs = body.clock.elapsedMs()
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller
    if (this.#body.overdue) this.#send(this.#body.heartbeat())
    this.#arm(this.#body.heartbeatMs)
  }

  /**
   * Moves chunks until one had something to say, or the response is over. Never rejects: nobody would hear of it, and the
   * response would stay open.
   */
  async pull(): Promise<void> {
    const { source, encode, transcript } = this.#body
    this.#reading = true
    try {
      while (this.#reading) {
        const chunk = await source.next()
        if (this.#over) return
        const bytes = chunk === undefined ? undefined : encode(chunk)
        const isSpoken = bytes !== undefined && bytes.length > 0
        if (isSpoken) transcript?.take(bytes)
        if (transcript !== undefined && endsWell(chunk)) await transcript.finish()
        // While that was kept, the client may have left.
        if (this.#over) return
        if (isSpoken) this.#send(bytes)
        this.#reading = !isSpoken
        if (chunk === undefined || isLastChunk(chunk)) return this.#close()
      }
    } catch (thrown) {
      this.#break(toFailure(thrown))
    }
  }

  cancel(): void {
    this.#stop()
    this.#body.source.cancel(new Failure('client-gone'))
  }

  #send(bytes: Uint8Array): void {
    this.#sentMs = this.#body.clock.elapsedMs()
    this.#controller?.enqueue(bytes)
  }

  /** One timer per stream that looks at a time stamp: re-arming one per chunk would cost more than the chunk. */
  #arm(delayMs: number): void {
    this.#timer = this.#body.clock.after(delayMs, () => this.#wake())
  }

  #wake(): void {
    const { clock, heartbeat, heartbeatMs, stallMs } = this.#body
    const silentMs = clock.elapsedMs() - this.#sentMs
    if (this.#reading) {
      if (silentMs >= heartbeatMs) this.#send(heartbeat())
    } else if (silentMs >= stallMs) {
      // A client that does not read needs no sign of life, and would not read why it is left.
      return this.#abandon(new Failure('client-too-slow'))
    }
    this.#arm(silentMs >= heartbeatMs ? heartbeatMs : heartbeatMs - silentMs)
  }

  /** A defect: the client is told what can be told (law 4), and the response ends. */
  #break(failure: Failure): void {
    if (this.#over) return
    try {
      this.#body.source.cancel(failure)
      const bytes = this.#body.encode({ events: [{ type: 'failure', failure }] })
      if (bytes !== undefined) this.#send(bytes)
      this.#close()
    } catch {
      this.#cut(failure)
    }
  }

  #abandon(failure: Failure): void {
    this.#cut(failure)
    this.#body.source.cancel(failure)
  }

  /** Ends the response without a word, and the connection with it. */
  #cut({ code }: Failure): void {
    this.#stop()
    this.#controller?.error(new Error(code))
  }

  #close(): void {
    this.#stop()
    this.#controller?.close()
  }

  #stop(): void {
    this.#over = true
    this.#timer?.cancel()
    this.#body.transcript?.leave()
  }
}

function endsWell(chunk: ResponseChunk | undefined): boolean {
  return chunk?.events.at(-1)?.type === 'end'
}
