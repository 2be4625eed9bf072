import type { SseFrame } from '../kit/sse.ts'
import { concatBytes } from '../kit/sse.ts'

/**
 * Collects the bytes of the frames that the client gets to see. Frames of one read lie behind each other in one buffer, so a
 * run of shown frames is a view of it and nothing is copied; only a hidden frame between two shown ones costs a copy.
 */
export class ShownBytes {
  /** What lies before the run and not next to it. */
  #whole: Uint8Array | undefined
  /** The first bytes of the run, and how long it is. */
  #first: Uint8Array | undefined
  #length = 0

  add(frame: SseFrame): void {
    this.append(frame.bytes)
  }

  /** Adds bytes that are no frame of the provider's. */
  append(bytes: Uint8Array): void {
    const first = this.#first
    if (first !== undefined && isBehind(first, this.#length, bytes)) {
      this.#length += bytes.length
      return
    }
    this.#whole = this.take()
    this.#first = bytes
    this.#length = bytes.length
  }

  /** The bytes since the last call, or undefined when there were none. */
  take(): Uint8Array | undefined {
    const run = this.#run()
    const whole = this.#whole
    this.#whole = undefined
    this.#first = undefined
    return whole === undefined || run === undefined ? run : concatBytes(whole, run)
  }

  #run(): Uint8Array | undefined {
    const first = this.#first
    if (first === undefined || first.length === this.#length) return first
    return new Uint8Array(first.buffer, first.byteOffset, this.#length)
  }
}

/** True when the bytes lie right behind the run that begins with `first`. */
function isBehind(first: Uint8Array, length: number, bytes: Uint8Array): boolean {
  return bytes.buffer === first.buffer && bytes.byteOffset === first.byteOffset + length
}
