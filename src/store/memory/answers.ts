import { bytesOfAnswer, type AnswerCache, type CachedAnswer } from '../answer-cache.ts'

/** Answers in the memory of this process. */
export interface MemoryAnswers extends AnswerCache {
  find(key: string, nowMs: number): CachedAnswer | undefined
  readonly bytes: number
  readonly size: number
}

/** Creates a cache in memory that never takes more than so many bytes. */
export function createMemoryAnswers(mostBytes: number): MemoryAnswers {
  return new Answers(mostBytes)
}

/** Relies on `Map` keeping the order of insertion: what is used moves to the end. */
class Answers implements MemoryAnswers {
  readonly #mostBytes: number
  readonly #answers = new Map<string, CachedAnswer>()
  #bytes = 0

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  get size(): number {
    return this.#answers.size
  }

  find(key: string, nowMs: number): CachedAnswer | undefined {
    const found = this.#answers.get(key)
    if (found === undefined) return undefined
    this.#answers.delete(key)
    if (found.endsAtMs > nowMs) {
      this.#answers.set(key, found)
      return found
    }
    this.#bytes -= bytesOfAnswer(found)
    return undefined
  }

  put(answer: CachedAnswer): void {
    this.remove(answer.key)
    this.#answers.set(answer.key, answer)
    this.#bytes += bytesOfAnswer(answer)
    for (const oldest of this.#answers.keys()) {
      if (this.#bytes <= this.#mostBytes) return
      this.remove(oldest)
    }
  }

  remove(key: string): void {
    const known = this.#answers.get(key)
    if (known === undefined) return
    this.#answers.delete(key)
    this.#bytes -= bytesOfAnswer(known)
  }
}
