import { isLastChunk } from '../exchange/ending.ts'
import { Failure } from '../exchange/failure.ts'
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
  /** True when the first heartbeat is due at once. */
  readonly overdue: boolean
  readonly clock: Clock
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

  constructor(body: StreamedBody) {
    this.#body = body
    this.#sentMs = body.clock.elapsedMs()
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller
    if (this.#body.overdue) this.#send(this.#body.heartbeat())
    this.#arm(this.#body.heartbeatMs)
  }

  /** Moves chunks until one had something to say, or the response is over. */
  async pull(): Promise<void> {
    const { source, encode } = this.#body
    this.#reading = true
    for (;;) {
      const chunk = await source.next()
      if (chunk === undefined) return this.#close()
      const bytes = encode(chunk)
      const isSpoken = bytes !== undefined && bytes.length > 0
      if (isSpoken) this.#send(bytes)
      if (isLastChunk(chunk)) return this.#close()
      if (isSpoken) break
    }
    this.#reading = false
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
    this.#timer = this.#body.clock.after(delayMs, () => {
      const { clock, heartbeat, heartbeatMs } = this.#body
      const silentMs = clock.elapsedMs() - this.#sentMs
      // A client that does not read needs no sign of life.
      if (silentMs >= heartbeatMs && this.#reading) this.#send(heartbeat())
      this.#arm(silentMs >= heartbeatMs ? heartbeatMs : heartbeatMs - silentMs)
    })
  }

  #close(): void {
    this.#stop()
    this.#controller?.close()
  }

  #stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#reading = false
  }
}
