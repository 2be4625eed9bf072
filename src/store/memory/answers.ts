import { LIMITS } from '../../kit/limits.ts'
import {
  bytesOfAnswer,
  isMeant,
  type AnswerCache,
  type AnswerFilter,
  type AnswerQuestion,
  type AnswerReport,
  type AnswerTotals,
  type CachedAnswer,
  type ListedAnswer,
} from '../answer-cache.ts'
import type { AnswerUse } from '../kept-answers.ts'

/** Answers in the memory of this process. */
export interface MemoryAnswers extends AnswerCache {
  find(key: string, nowMs: number): CachedAnswer | undefined
  purge(which: AnswerFilter): AnswerTotals
  report(question: AnswerQuestion): AnswerReport
  /** Uses that nobody was told of, told now. */
  tellUses(): void
  readonly bytes: number
  readonly size: number
}

/**
 * Creates a cache in memory that never takes more than so many bytes.
 *
 * @param used told how often an answer was found, when a minute has passed since it was told last, and when it goes; absent: nobody is
 */
export function createMemoryAnswers(mostBytes: number, used?: (use: AnswerUse) => void): MemoryAnswers {
  return new Answers(mostBytes, used)
}

interface Kept {
  readonly answer: CachedAnswer
  hits: number
  usedMs: number
  /** Of the hits, those that were told. */
  toldHits: number
  toldMs: number
}

/** Relies on `Map` keeping the order of insertion: what is used moves to the end. */
class Answers implements MemoryAnswers {
  readonly #mostBytes: number
  readonly #used: ((use: AnswerUse) => void) | undefined
  readonly #answers = new Map<string, Kept>()
  #bytes = 0

  constructor(mostBytes: number, used: ((use: AnswerUse) => void) | undefined) {
    this.#mostBytes = mostBytes
    this.#used = used
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
    const { answer } = found
    if (answer.endsAtMs <= nowMs) {
      this.#drop(found)
      return undefined
    }
    this.#answers.delete(key)
    this.#answers.set(key, found)
    found.hits += 1
    found.usedMs = nowMs
    if (nowMs - found.toldMs >= LIMITS.cacheTouchMs) this.#tell(found)
    return answer
  }

  put(answer: CachedAnswer): void {
    this.remove(answer.key)
    const { key, atMs } = answer
    this.#answers.set(key, { answer, hits: 0, usedMs: atMs, toldHits: 0, toldMs: atMs })
    this.#bytes += bytesOfAnswer(answer)
    for (const oldest of this.#answers.values()) {
      if (this.#bytes <= this.#mostBytes) return
      if (oldest.toldHits < oldest.hits) this.#tell(oldest)
      this.#drop(oldest)
    }
  }

  remove(key: string): void {
    const known = this.#answers.get(key)
    if (known !== undefined) this.#drop(known)
  }

  purge(which: AnswerFilter): AnswerTotals {
    let [entries, bytes] = [0, 0]
    for (const kept of this.#answers.values()) {
      if (!isMeant(kept.answer, which)) continue
      this.#drop(kept)
      entries += 1
      bytes += bytesOfAnswer(kept.answer)
    }
    return { entries, bytes }
  }

  report({ nowMs, limit, ...which }: AnswerQuestion): AnswerReport {
    const routes = new Map<string, { route: string; entries: number; bytes: number }>()
    const answers: ListedAnswer[] = []
    for (const { answer, hits, usedMs } of this.#answers.values()) {
      if (answer.endsAtMs <= nowMs || !isMeant(answer, which)) continue
      const { text: _said, ...facts } = answer
      const bytes = bytesOfAnswer(answer)
      answers.push({ ...facts, hits, usedMs, bytes })
      const sum = routes.get(answer.route) ?? { route: answer.route, entries: 0, bytes: 0 }
      routes.set(answer.route, { ...sum, entries: sum.entries + 1, bytes: sum.bytes + bytes })
    }
    answers.sort((one, other) => other.hits - one.hits || other.usedMs - one.usedMs)
    const byBytes = [...routes.values()].sort((one, other) => other.bytes - one.bytes)
    return {
      totals: {
        entries: answers.length,
        bytes: byBytes.reduce((sum, { bytes }) => sum + bytes, 0),
      },
      routes: byBytes.slice(0, LIMITS.cacheRoutes),
      answers: answers.slice(0, limit),
    }
  }

  tellUses(): void {
    for (const kept of this.#answers.values()) if (kept.toldHits < kept.hits) this.#tell(kept)
  }

  #tell(kept: Kept): void {
    const { answer, hits, toldHits, usedMs } = kept
    kept.toldHits = hits
    kept.toldMs = usedMs
    this.#used?.({ key: answer.key, hits: hits - toldHits, atMs: usedMs })
  }

  #drop({ answer }: Kept): void {
    this.#answers.delete(answer.key)
    this.#bytes -= bytesOfAnswer(answer)
  }
}
