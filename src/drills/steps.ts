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
  const iterator = steps[Symbol.iterator]()
  const { clock } = stage
  const startedMs = clock.elapsedMs()
  let timer: Timer | undefined
  let writes = 0
  let over = false

  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      timer = clock.after(ms, resolve)
    })
  const end = (how: StepsEnd): void => {
    if (over) return
    over = true
    timer?.cancel()
    stage.onEnd(how)
  }

  /** Takes one step; true when the reader got something, or never will. */
  const take = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<boolean> => {
    const next = iterator.next()
    if (next.done === true) {
      controller.close()
      end('done')
      return true
    }
    const step = next.value
    switch (step.do) {
      case 'write': {
        const earlyMs = step.dueMs - (clock.elapsedMs() - startedMs)
        if (earlyMs > 0) await wait(earlyMs)
        if (over) return true
        writes += 1
        controller.enqueue(step.bytes)
        stage.onWritten(step.tokens, step.last)
        return true
      }
      case 'pause':
        await wait(step.ms)
        return over
      case 'stall':
        return new Promise(() => {})
      case 'reset':
        end('reset')
        controller.error()
        return true
    }
  }

  return new ReadableStream(
    {
      async pull(controller) {
        // The head and the first bytes leave on their own; what is ready at once would otherwise be sent as a whole.
        if (writes === 1) await wait(0)
        let fed = over
        while (!fed) fed = await take(controller)
      },
      cancel: () => end('left'),
    },
    { highWaterMark: 0 },
  )
}
