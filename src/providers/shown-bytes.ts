import type { SseFrame } from '../kit/sse.ts'
import { concatBytes } from '../kit/sse.ts'

/** Collects the bytes of the frames that the client gets to see. */
export interface ShownBytes {
  add(frame: SseFrame): void
  /** Adds bytes that are no frame of the provider's. */
  append(bytes: Uint8Array): void
  /** The bytes since the last call, or undefined when there were none. */
  take(): Uint8Array | undefined
}

/**
 * Creates a collector. Frames of one read lie behind each other in one buffer, so a run of shown frames is a view
 * of it and nothing is copied; only a hidden frame between two shown ones costs a copy.
 */
export function createShownBytes(): ShownBytes {
  let whole: Uint8Array | undefined
  let run: Uint8Array | undefined
  const append = (bytes: Uint8Array): void => {
    const joined = run === undefined ? bytes : joinViews(run, bytes)
    if (joined === undefined) {
      whole = whole === undefined || run === undefined ? run : concatBytes(whole, run)
      run = bytes
      return
    }
    run = joined
  }
  return {
    add: (frame) => append(frame.bytes),
    append,
    take() {
      const taken = whole === undefined || run === undefined ? run : concatBytes(whole, run)
      whole = undefined
      run = undefined
      return taken
    },
  }
}

/** One view over both when the second lies right behind the first. */
function joinViews(left: Uint8Array, right: Uint8Array): Uint8Array | undefined {
  const adjacent = left.buffer === right.buffer && left.byteOffset + left.length === right.byteOffset
  return adjacent ? new Uint8Array(left.buffer, left.byteOffset, left.length + right.length) : undefined
}
