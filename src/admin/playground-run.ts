import { Failure, toFailure } from '../exchange/failure.ts'
import type { ModelResponse } from '../exchange/response.ts'
import type { OpenExchange } from '../gateway/pipeline.ts'
import type { Clock, Timer } from '../kit/clock.ts'
import { SSE_COMMENT } from '../kit/sse.ts'
import { tellEvent, tellFailure, tellSaid } from './playground-events.ts'

/** Whoever stands between takes a silent connection for a dead one. */
const HEARTBEAT_MS = 10_000

export interface PlaygroundRunNeeds {
  readonly opened: OpenExchange
  readonly clock: Clock
  /** What is told when all of it is over and written. */
  readonly lastWords: () => Promise<string>
  /** The client left: whatever waits for an answer does so no longer. */
  readonly abort: () => void
  /** Called once, however it ends. */
  readonly onOver: () => void
  readonly onError: (error: unknown) => void
}

/** One request of the playground, as the source of a stream of events. The answer is read as fast as the client takes it. */
export class PlaygroundRun implements UnderlyingDefaultSource<Uint8Array> {
  readonly #needs: PlaygroundRunNeeds
  readonly #steps: AsyncGenerator<string, void>
  readonly #encoder = new TextEncoder()
  #response: ModelResponse | undefined
  #next: Promise<IteratorResult<string, void>> | undefined
  #isOver = false

  constructor(needs: PlaygroundRunNeeds) {
    this.#needs = needs
    this.#steps = this.#tell()
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    this.#next ??= this.#steps.next()
    const told = await this.#within(this.#next)
    if (this.#isOver) return
    if (told === undefined) return controller.enqueue(this.#encoder.encode(SSE_COMMENT))
    this.#next = undefined
    if (told.done !== true) return controller.enqueue(this.#encoder.encode(told.value))
    this.#end()
    controller.close()
  }

  /** The client left, or pressed stop: the provider is not read any further, and what was used is paid for. */
  cancel(): void {
    this.#end()
    this.#needs.abort()
    this.#response?.source.cancel(new Failure('client-gone'))
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#needs.onOver()
  }

  async *#tell(): AsyncGenerator<string, void> {
    const { opened, lastWords, onError } = this.#needs
    yield tellEvent('begun', { request_id: opened.exchange.id })
    try {
      yield* this.#answer(opened)
    } catch (thrown) {
      const failure = toFailure(thrown)
      if (failure.code === 'internal') onError(thrown)
      yield tellFailure(failure)
    }
    yield await lastWords()
  }

  async *#answer(opened: OpenExchange): AsyncGenerator<string, void> {
    const response = await opened.run()
    this.#response = response
    const { from, source } = response
    if (from.kind === 'provider') yield tellEvent('target', { target: from.target.id })
    for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) {
      const text = chunk.events.map(tellSaid).join('')
      if (text !== '') yield text
    }
  }

  /** What comes next, or undefined where that takes longer than a connection should be silent. */
  async #within<T>(next: Promise<T>): Promise<T | undefined> {
    const silent = Promise.withResolvers<undefined>()
    const timer: Timer = this.#needs.clock.after(HEARTBEAT_MS, () => silent.resolve(undefined))
    try {
      return await Promise.race([next, silent.promise])
    } finally {
      timer.cancel()
    }
  }
}
