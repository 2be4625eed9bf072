import { LIMITS } from './limits.ts'

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
  #isTaking = false
  #isOver = false
  #error: unknown
  #resolve: ((bytes: Uint8Array | undefined) => void) | undefined
  #reject: ((error: unknown) => void) | undefined

  constructor(body: ReadableStream<Uint8Array>) {
    this.#source = body.getReader()
  }

  /** The next bytes, or undefined at the end. Rejects with the stream's error. One read at a time. */
  read(): Promise<Uint8Array | undefined> {
    const next = this.#ahead[this.#given]
    if (next !== undefined) {
      this.#forget(next)
      this.#take()
      return Promise.resolve(next)
    }
    if (this.#isOver)
      return this.#error === undefined ? Promise.resolve(undefined) : Promise.reject(this.#error)
    this.#take()
    return new Promise(this.#await)
  }

  // Bound once, because every read and every part needs them.
  readonly #await = (
    resolve: (bytes: Uint8Array | undefined) => void,
    reject: (error: unknown) => void,
  ): void => {
    this.#resolve = resolve
    this.#reject = reject
  }

  readonly #took = ({ value }: { value?: Uint8Array | undefined }): void => {
    this.#isTaking = false
    this.#isOver = value === undefined
    const resolve = this.#resolve
    if (resolve !== undefined) {
      this.#resolve = undefined
      resolve(value)
    } else if (value !== undefined) {
      this.#ahead.push(value)
      this.#aheadBytes += value.length
    }
    if (!this.#isOver) this.#take()
  }

  readonly #broke = (error: unknown): void => {
    this.#isOver = true
    this.#error = error ?? new Error('the stream broke')
    if (this.#resolve === undefined) return
    this.#resolve = undefined
    this.#reject?.(this.#error)
  }

  #take(): void {
    if (this.#isTaking || this.#isOver || this.#aheadBytes >= LIMITS.readAheadBytes) return
    this.#isTaking = true
    this.#source.read().then(this.#took, this.#broke)
  }

  #forget(next: Uint8Array): void {
    this.#aheadBytes -= next.length
    this.#given += 1
    if (this.#given < this.#ahead.length) return
    this.#ahead = []
    this.#given = 0
  }
}
