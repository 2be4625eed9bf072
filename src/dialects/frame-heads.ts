import type { SseFrame } from '../kit/sse.ts'

const encoder = new TextEncoder()

/**
 * Recognises frames of some types by how they begin, with or without their name, on bytes alone: most frames of a stream are like
 * the one before.
 */
export class FrameHeads {
  readonly #heads: readonly Uint8Array[]

  /** @param types in order of their number in a stream */
  constructor(types: readonly string[]) {
    this.#heads = types.flatMap((type) => [
      encoder.encode(`event: ${type}\n`),
      encoder.encode(`data: {"type":"${type}"`),
    ])
  }

  has({ bytes }: SseFrame): boolean {
    for (const head of this.#heads) if (startsWith(bytes, head)) return true
    return false
  }
}

function startsWith(bytes: Uint8Array, head: Uint8Array): boolean {
  // Types have their beginnings in common, so the end tells them apart at once.
  if (bytes.length < head.length || bytes[head.length - 1] !== head[head.length - 1]) return false
  for (let index = head.length - 2; index >= 0; index -= 1) if (bytes[index] !== head[index]) return false
  return true
}
