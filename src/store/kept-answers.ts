import type { AnswerFacts, AnswerFilter, AnswerQuestion, AnswerReport, AnswerTotals } from './answer-cache.ts'

/** An answer on its way to a store. */
export interface SealedAnswer {
  readonly facts: AnswerFacts
  /** All of it, facts included, packed and sealed: what the store says of it beside that is for finding it. */
  readonly sealed: Uint8Array
}

/** How much may be kept; those that were not used for longest make room. */
export interface AnswerRoom {
  readonly bytes: number
  readonly entries: number
}

/** That answers were found, since that was told last. */
export interface AnswerUse {
  readonly key: string
  readonly hits: number
  readonly atMs: number
}

/** Keeps answers beyond the life of the process. */
export interface AnswerStore {
  /** Takes the place of one of the same key. It is there, whatever becomes of the process, when the promise resolves. */
  put(answer: SealedAnswer, room: AnswerRoom): Promise<void>
  /** What is sealed under a key that has not ended. */
  find(key: string, nowMs: number): Promise<Uint8Array | undefined>
  /** Takes down when answers were used, by which they go. */
  touch(uses: readonly AnswerUse[]): Promise<void>
  purge(which: AnswerFilter): Promise<AnswerTotals>
  report(question: AnswerQuestion): Promise<AnswerReport>
}
