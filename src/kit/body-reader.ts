import { LIMITS } from './limits.ts'
import type { MaybePromise } from './maybe-promise.ts'

/** What the runtime's stream gives at once; nothing behind its end. */
interface Part {
  readonly value?: Uint8Array | undefined
}

/**
 * Reads a body ahead of whoever wants it, within a bound. The runtime's stream drops what it holds when its connection
 * breaks; what was taken out of it before is still given, and the error comes behind it. Beyond the bound nothing more is
 * taken, so that a slow reader slows the sender down.
 */
export class BodyReader {
  readonly #source: ReadableStreamDefaultReader<Uint8Array>
  /** What was taken and nobody wanted yet, in order from `#given` on. */
  #ahead: Uint8Array[] = []
  #given = 0
  #aheadBytes = 0
  /** What is being taken, or was taken last. */
  #arriving: Promise<Part> = Promise.resolve({})
  #isTaking = false
  /** Somebody waits for what is being taken. */
  #isWanted = false
  #isOver = false
  #error: unknown

  constructor(body: ReadableStream<Uint8Array>) {
    this.#source = body.getReader()
  }

  /** The next bytes, or undefined at the end. Rejects with the stream's error. One read at a time. */
  read(): MaybePromise<Uint8Array | undefined> {
    const next = this.#ahead[this.#given]
    if (next !== undefined) this.#forget(next)
    if (!this.#isTaking && !this.#isOver) void this.#take()
    if (next !== undefined) return next
    if (this.#isOver) return this.#error === undefined ? undefined : Promise.reject(this.#error)
    this.#isWanted = true
    return this.#arriving.then(valueOf)
  }

  /** Takes until it is over or enough is at hand. One loop for all, because each part would cost it further promises. */
  async #take(): Promise<void> {
    this.#isTaking = true
    try {
      while (!this.#isOver && this.#aheadBytes < LIMITS.readAheadBytes) {
        this.#arriving = this.#source.read()
        this.#keep(await this.#arriving)
      }
    } catch (error) {
      this.#isOver = true
      this.#error = error ?? new Error('the stream broke')
    }
    this.#isTaking = false
  }

  #keep({ value }: Part): void {
    this.#isOver = value === undefined
    if (this.#isWanted) this.#isWanted = false
    else if (value !== undefined) {
      this.#ahead.push(value)
      this.#aheadBytes += value.length
    }
  }

  #forget(next: Uint8Array): void {
    this.#aheadBytes -= next.length
    this.#given += 1
    if (this.#given < this.#ahead.length) return
    this.#ahead = []
    this.#given = 0
  }
}

function valueOf({ value }: Part): Uint8Array | undefined {
  return value
}
