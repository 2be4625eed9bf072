import type { Clock } from './clock.ts'
import { LIMITS } from './limits.ts'

/** Where lines are written to. Over when they are written; rejects when they cannot be. */
export type WriteLines = (text: string) => Promise<void>

export interface LineSinkOptions {
  readonly write: WriteLines
  readonly clock: Clock
  /** Says, as a line, that so many were lost before it. */
  readonly lossLine: (lines: number) => string
  /** Characters that may wait; the house's own bound by default. */
  readonly maxCharacters?: number
}

/** Takes lines for a log or a terminal that may be slow, full or gone. */
export interface LineSink {
  /** Takes text that ends in a line feed. Never throws and never waits: what does not fit is dropped and counted. */
  write(text: string): void
  /** Lines that were lost, because too many waited or because they could not be written. */
  readonly dropped: number
  /** Waits until everything is written, or until that has taken too long. */
  flush(withinMs: number): Promise<void>
}

/** How soon writing is tried again after it failed. */
const RETRY_MS = 1_000

/**
 * Creates a sink. One write is under way at a time, of all the lines that waited; nobody's reading or failing to read can hold up
 * who writes. Lines that fail are not written again: a part of them may have been.
 */
export function createLineSink(options: LineSinkOptions): LineSink {
  return new BoundedSink(options)
}

class BoundedSink implements LineSink {
  readonly #options: LineSinkOptions
  readonly #maxCharacters: number
  #waiting: string[] = []
  #characters = 0
  #dropped = 0
  /** Of the dropped ones, those that no line has told of yet. */
  #untold = 0
  /** A line may have been cut off in its middle. */
  #broken = false
  #working: Promise<void> | undefined

  constructor(options: LineSinkOptions) {
    this.#options = options
    this.#maxCharacters = options.maxCharacters ?? LIMITS.outputCharacters
  }

  get dropped(): number {
    return this.#dropped
  }

  write(text: string): void {
    if (this.#characters + text.length > this.#maxCharacters) return this.#lose(text)
    this.#waiting.push(text)
    this.#characters += text.length
    this.#working ??= this.#work()
  }

  async flush(withinMs: number): Promise<void> {
    if (this.#working === undefined) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = this.#options.clock.after(withinMs, resolve)
    await Promise.race([this.#working, promise])
    timer.cancel()
  }

  async #work(): Promise<void> {
    // What is said in one turn of the loop is written at once.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const text = this.#take()
      try {
        await this.#options.write(text)
        this.#broken = false
      } catch {
        this.#broken = true
        this.#lose(text)
        await new Promise<void>((resolve) => this.#options.clock.after(RETRY_MS, resolve))
      }
    }
    this.#working = undefined
  }

  /** All that waits, with a word about what is missing before it. */
  #take(): string {
    const head = this.#untold === 0 ? '' : this.#options.lossLine(this.#untold)
    const text = `${this.#broken ? '\n' : ''}${head}${this.#waiting.join('')}`
    this.#untold = 0
    this.#waiting = []
    this.#characters = 0
    return text
  }

  #lose(text: string): void {
    const lines = text.split('\n').length - 1
    this.#dropped += lines
    this.#untold += lines
  }
}
