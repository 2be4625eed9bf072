import type { Clock, Timer } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import { AdminProblem, SAFE_HEADERS } from './problem.ts'

/** How long a listener waits for what is new. */
const LOOK_MS = 300
/** For telling clients that their streams end here. */
const LAST_WORDS_MS = 1_000
/** Whoever stands between takes a silent connection for a dead one. */
const HEARTBEAT_MS = 15_000
/** How soon a client is to come again after an end, milliseconds. */
const RETRY = 'retry: 2000\n\n'

/** What one listener is told. */
export interface Listening {
  /** What is new, as frames of server-sent events; empty: nothing. What it rejects with ends the stream. */
  look(): Promise<string>
  /** What is said when nothing was new for a while. */
  heartbeat(): string
}

/** The open streams of events. */
export interface EventStreams {
  /** Answers with a stream. Throws AdminProblem `not-now` when there are `LIMITS.eventListeners`, or when all were ended. */
  open(listening: Listening): Response
  /** Ends all, and lets no further ones in. Resolves when they were told, within a second. */
  end(): Promise<void>
}

/**
 * Creates the streams. One looks for what is new only when its client has taken what there was: nothing waits here for a slow one but what it
 * is being told, and where it stands in the log.
 */
export function createEventStreams(needs: {
  readonly clock: Clock
  /** Told why a stream ended that nobody ended. */
  readonly onError: (error: unknown) => void
}): EventStreams {
  const open = new Set<EventStream>()
  let isOver = false
  return {
    open(listening) {
      if (isOver) throw new AdminProblem('not-now', { detail: 'The gateway is shutting down.' })
      if (open.size >= LIMITS.eventListeners)
        throw new AdminProblem('not-now', {
          detail: `${LIMITS.eventListeners} listen already, which is the most.`,
          headers: { 'retry-after': '10' },
        })
      const stream = new EventStream(listening, { ...needs, onEnd: () => void open.delete(stream) })
      open.add(stream)
      return new Response(new ReadableStream(stream, { highWaterMark: 1 }), {
        headers: { 'content-type': 'text/event-stream', ...SAFE_HEADERS, 'x-accel-buffering': 'no' },
      })
    },
    async end() {
      isOver = true
      const { clock } = needs
      const streams = [...open]
      for (const stream of streams) stream.end()
      if (streams.length === 0) return
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = clock.after(LAST_WORDS_MS, resolve)
      await Promise.race([promise, Promise.all(streams.map(({ closed }) => closed))])
      timer.cancel()
      // What was closed is written when this turn is over.
      await new Promise<void>((written) => clock.afterTurn(written))
    },
  }
}

interface StreamNeeds {
  readonly clock: Clock
  readonly onError: (error: unknown) => void
  readonly onEnd: () => void
}

/** One listener: the source of a stream, which asks for more when there is room. */
class EventStream implements UnderlyingDefaultSource<Uint8Array> {
  readonly #listening: Listening
  readonly #needs: StreamNeeds
  readonly #encoder = new TextEncoder()
  #saidAtMs: number
  #timer: Timer | undefined
  #wake: (() => void) | undefined
  #isOver = false
  readonly #closed = Promise.withResolvers<void>()

  constructor(listening: Listening, needs: StreamNeeds) {
    this.#listening = listening
    this.#needs = needs
    this.#saidAtMs = needs.clock.elapsedMs()
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    controller.enqueue(this.#encoder.encode(RETRY))
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      const text = await this.#next()
      if (text !== '') controller.enqueue(this.#encoder.encode(text))
      else if (this.#isOver) this.#close(controller)
    } catch (error) {
      if (this.#isOver) return this.#close(controller)
      this.#needs.onError(error)
      this.end()
      this.#close(controller)
    }
  }

  /** Resolves when there is nothing more to say to whoever listened. */
  get closed(): Promise<void> {
    return this.#closed.promise
  }

  /** The client left. */
  cancel(): void {
    this.end()
    this.#closed.resolve()
  }

  /** Ends it; harmless when repeated. */
  end(): void {
    this.#isOver = true
    this.#timer?.cancel()
    this.#wake?.()
    this.#needs.onEnd()
  }

  /** What there is to say next, however long that takes; empty when it is over. */
  async #next(): Promise<string> {
    const { clock } = this.#needs
    while (!this.#isOver) {
      const text = await this.#listening.look()
      const isDue = clock.elapsedMs() - this.#saidAtMs >= HEARTBEAT_MS
      if (text !== '' || isDue) {
        this.#saidAtMs = clock.elapsedMs()
        return text === '' ? this.#listening.heartbeat() : text
      }
      if (!this.#isOver) await this.#pause()
    }
    return ''
  }

  #close(controller: ReadableStreamDefaultController<Uint8Array>): void {
    controller.close()
    this.#closed.resolve()
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    this.#timer = this.#needs.clock.after(LOOK_MS, resolve)
    await promise
  }
}
