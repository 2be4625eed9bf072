import type { TokenKeeper } from '../session/token.ts'
import { isObject, type Unread } from '../words/reading.ts'
import { Frames } from './frames.ts'

/** What the gateway tells while it happens (docs/admin-api.md). */
export interface LiveEvent {
  readonly name: string
  readonly data: Unread
}

/** `live`: told at once. `paused`: by the reader, or because nobody looks at the page. `away`: the gateway does not answer, and is asked again. */
export type LiveState = 'live' | 'paused' | 'away'

/** One stream of events for all that is on the page. */
export interface Live {
  /** Listens; the stream is open as long as somebody does. Gives what ends that. */
  readonly listen: (listener: (event: LiveEvent) => void) => () => void
  readonly state: () => LiveState
  /** Called whenever the state changes. */
  readonly subscribe: (listener: () => void) => () => void
  /** Stops and goes on. */
  readonly toggle: () => void
}

const AGAIN_MS = 2_000

/** Creates the stream. */
export function createLive(tokens: TokenKeeper): Live {
  const stream = new LiveStream(tokens)
  document.addEventListener('visibilitychange', () => stream.settle())
  return {
    listen(listener) {
      stream.listeners.add(listener)
      stream.settle()
      return () => {
        stream.listeners.delete(listener)
        stream.settle()
      }
    },
    state: () => stream.state,
    subscribe(watcher) {
      stream.watchers.add(watcher)
      return () => void stream.watchers.delete(watcher)
    },
    toggle: () => stream.toggle(),
  }
}

/**
 * Opened with the first listener, closed behind the last, and as long as the tab is hidden, since a browser opens few connections to one
 * place and every tab would hold one. Comes back where it was.
 */
class LiveStream {
  readonly listeners = new Set<(event: LiveEvent) => void>()
  readonly watchers = new Set<() => void>()
  state: LiveState = 'live'
  readonly #tokens: TokenKeeper
  readonly #frames = new Frames()
  #isPaused = false
  #open: AbortController | undefined

  constructor(tokens: TokenKeeper) {
    this.#tokens = tokens
  }

  toggle(): void {
    this.#isPaused = !this.#isPaused
    this.settle()
  }

  /** Opens or closes it, as is wanted now. */
  settle(): void {
    const isWanted = this.listeners.size > 0 && !this.#isPaused && document.visibilityState === 'visible'
    if (isWanted && this.#open === undefined) {
      this.#open = new AbortController()
      void this.#follow(this.#open.signal)
    } else if (!isWanted) {
      this.#open?.abort()
      this.#open = undefined
    }
    if (this.#isPaused) this.#turn('paused')
    else if (this.state === 'paused') this.#turn('live')
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const opening = { token: this.#tokens.current() ?? '', lastId: this.#frames.lastId, signal }
      try {
        await readStream(opening, (piece) => this.#take(piece))
      } catch {
        // The gateway is away, or nobody listens any more.
      }
      if (signal.aborted) return
      this.#turn('away')
      await pause(signal)
    }
  }

  #take(piece: string): void {
    this.#turn('live')
    for (const { name, data } of this.#frames.take(piece)) {
      const read: unknown = JSON.parse(data)
      if (isObject(read)) this.listeners.forEach((listener) => listener({ name, data: read }))
    }
  }

  #turn(state: LiveState): void {
    if (state === this.state) return
    this.state = state
    this.watchers.forEach((watcher) => watcher())
  }
}

interface Opening {
  readonly token: string
  readonly lastId: string | undefined
  readonly signal: AbortSignal
}

async function readStream({ token, lastId, signal }: Opening, take: (piece: string) => void): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, ...(lastId && { 'last-event-id': lastId }) }
  const response = await fetch('/api/v1/events', { headers, signal })
  if (!response.ok || response.body === null) throw new Error(`answered ${response.status}`)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    take(value)
  }
}

/** Waits before it is asked again; over at once when nobody waits any more. */
async function pause(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, AGAIN_MS)
  signal.addEventListener('abort', () => resolve(), { once: true })
  await promise
  clearTimeout(timer)
}
