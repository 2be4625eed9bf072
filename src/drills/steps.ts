import type { Clock, Timer } from '../kit/clock.ts'

/** One thing that a simulated connection does. The end of the steps is the proper end of the body. */
export type Step =
  | {
      readonly do: 'write'
      readonly bytes: Uint8Array
      /** Output tokens that these bytes bring. */
      readonly tokens: number
      /** Do they complete the answer? */
      readonly last: boolean
      /** Not before this long after the first step, milliseconds. */
      readonly dueMs: number
    }
  | { readonly do: 'pause'; readonly ms: number }
  /** Nothing more, and no end. */
  | { readonly do: 'stall' }
  /** The connection is reset. */
  | { readonly do: 'reset' }

/** How a body ended: handed over to its end, reset on purpose, or left by the other side. */
export type StepsEnd = 'done' | 'reset' | 'left'

export interface Stage {
  readonly clock: Clock
  /** Told when bytes were handed to the connection. */
  readonly onWritten: (tokens: number, isLast: boolean) => void
  /** Told once. */
  readonly onEnd: (end: StepsEnd) => void
}

/**
 * Plays steps as the body of a response, as fast as it is read and no faster than the steps say.
 * A body that errors is how the server is told to reset the connection.
 */
export function playSteps(steps: Iterable<Step>, stage: Stage): ReadableStream<Uint8Array> {
  const player = new StepPlayer(steps, stage)
  return new ReadableStream(
    { pull: (controller) => player.feed(controller), cancel: () => player.end('left') },
    { highWaterMark: 0 },
  )
}

type Controller = ReadableStreamDefaultController<Uint8Array>

class StepPlayer {
  readonly #steps: Iterator<Step>
  readonly #stage: Stage
  readonly #startedMs: number
  #timer: Timer | undefined
  #writes = 0
  #over = false

  constructor(steps: Iterable<Step>, stage: Stage) {
    this.#steps = steps[Symbol.iterator]()
    this.#stage = stage
    this.#startedMs = stage.clock.elapsedMs()
  }

  /** Gives the reader the next bytes, the end or an error; waits as long as the steps say. */
  async feed(controller: Controller): Promise<void> {
    // The head and the first bytes leave on their own; what is ready at once would otherwise be sent as a whole.
    if (this.#writes === 1) await this.#wait(0)
    let fed = this.#over
    while (!fed) fed = await this.#take(controller)
  }

  end(how: StepsEnd): void {
    if (this.#over) return
    this.#over = true
    this.#timer?.cancel()
    this.#stage.onEnd(how)
  }

  /** Takes one step; true when the reader got something or there is nothing more to give. */
  #take(controller: Controller): boolean | Promise<boolean> {
    const next = this.#steps.next()
    if (next.done === true) {
      controller.close()
      this.end('done')
      return true
    }
    const step = next.value
    switch (step.do) {
      case 'write':
        return this.#write(step, controller)
      case 'pause':
        return this.#wait(step.ms).then(() => this.#over)
      case 'stall':
        return new Promise(() => {})
      case 'reset':
        this.end('reset')
        controller.error()
        return true
    }
  }

  async #write(step: Extract<Step, { do: 'write' }>, controller: Controller): Promise<boolean> {
    const { clock, onWritten } = this.#stage
    const earlyMs = step.dueMs - (clock.elapsedMs() - this.#startedMs)
    if (earlyMs > 0) await this.#wait(earlyMs)
    if (this.#over) return true
    this.#writes += 1
    controller.enqueue(step.bytes)
    onWritten(step.tokens, step.last)
    return true
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#timer = this.#stage.clock.after(ms, resolve)
    })
  }
}
