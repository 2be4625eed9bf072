import type { MaybePromise } from '../kit/maybe-promise.ts'
import type { NanoUsd } from '../kit/money.ts'

/** An answer that is kept for whoever asks the same. */
export interface CachedAnswer {
  /** SHA-256 of what was asked and of whom, hex. */
  readonly key: string
  /** For whom it is kept, as `scope:id`. */
  readonly owner: string
  readonly route: string
  readonly tags: readonly string[]
  /** When it was given. */
  readonly atMs: number
  /** Until when it is given again, and until when where no other can be had; wall time. */
  readonly freshUntilMs: number
  readonly endsAtMs: number
  /** What it had cost; 0 where that is not known, or it was invented. */
  readonly costNanoUsd: NanoUsd
  /** The answer, spelled with a checksum. */
  readonly text: string
}

/** Keeps answers within a bound; those that were not used for longest go first. */
export interface AnswerCache {
  /** The answer under a key that has not ended, at once where it is at hand. */
  find(key: string, nowMs: number): MaybePromise<CachedAnswer | undefined>
  /** Keeps an answer in the place of the one that its key has. Must not throw. */
  put(answer: CachedAnswer): void
  remove(key: string): void
}

/** About what an answer takes in memory, bytes. */
export function bytesOfAnswer({ text, owner, route, tags }: CachedAnswer): number {
  return 256 + text.length + owner.length + route.length + tags.join(' ').length
}
