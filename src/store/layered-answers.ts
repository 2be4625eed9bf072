import type { Clock, Timer } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import {
  isMeant,
  type AnswerCache,
  type AnswerFilter,
  type AnswerQuestion,
  type AnswerReport,
  type AnswerTotals,
  type CachedAnswer,
} from './answer-cache.ts'
import type { AnswerRoom, AnswerStore, AnswerUse } from './kept-answers.ts'
import { createMemoryAnswers, type MemoryAnswers } from './memory/answers.ts'
import { packAnswer, unpackAnswer, type AnswerSeals } from './packed-answer.ts'

/** What came of an answer at the store: it was written or read; what lay there was damaged, or of another key; or the store had no time or room for it. */
export type StoreOutcome = 'written' | 'read' | 'damaged' | 'unread' | 'unwritten' | 'no-room'

export interface LayeredAnswersNeeds {
  readonly store: AnswerStore
  readonly seals: AnswerSeals
  readonly clock: Clock
  /** Of answers in memory. */
  readonly mostBytes: number
  /** Of answers in the store. */
  readonly room: AnswerRoom
  /** True while the disk is kept for the ledger. */
  readonly isPaused: () => boolean
  /** Told what came of each answer at the store. */
  readonly told: (outcome: StoreOutcome, error?: unknown) => void
}

/** Answers in memory, with all of them in a store behind it. */
export interface LayeredAnswers extends AnswerCache {
  readonly memory: MemoryAnswers
  purge(which: AnswerFilter): Promise<AnswerTotals>
  report(question: AnswerQuestion): Promise<AnswerReport>
  /** Resolves when all that was put has been written, and when it was used. */
  flush(): Promise<void>
}

/** Creates a cache whose answers survive the process. What is in memory is given at once; what is not, as soon as the store has it, or not at all. */
export function createLayeredAnswers(needs: LayeredAnswersNeeds): LayeredAnswers {
  return new Layered(needs)
}

class Layered implements LayeredAnswers {
  readonly memory: MemoryAnswers
  readonly #needs: LayeredAnswersNeeds
  /** Reads under way: many may ask the same at once. */
  readonly #reads = new Map<string, Promise<CachedAnswer | undefined>>()
  readonly #writes = new Set<Promise<void>>()
  readonly #purges = new Set<AnswerFilter>()
  #uses: AnswerUse[] = []
  #waitingBytes = 0
  /** Grows whenever answers go, so that nothing that is read meanwhile comes back. */
  #gone = 0

  constructor(needs: LayeredAnswersNeeds) {
    this.#needs = needs
    this.memory = createMemoryAnswers(needs.mostBytes, (use) => this.#use(use))
  }

  find(key: string, nowMs: number): CachedAnswer | undefined | Promise<CachedAnswer | undefined> {
    const hot = this.memory.find(key, nowMs)
    if (hot !== undefined) return hot
    const underWay = this.#reads.get(key)
    if (underWay !== undefined) return underWay
    const reading = this.#read(key, nowMs).finally(() => this.#reads.delete(key))
    this.#reads.set(key, reading)
    return reading
  }

  put(answer: CachedAnswer): void {
    this.memory.put(answer)
    const { told, isPaused } = this.#needs
    if (isPaused() || this.#waitingBytes + answer.text.length > LIMITS.cacheQueueBytes) told('no-room')
    else this.#keep(this.#write(answer))
  }

  remove(key: string): void {
    const { told } = this.#needs
    this.#keep(
      this.purge({ key }).then(
        () => undefined,
        (error: unknown) => told('unwritten', error),
      ),
    )
  }

  async purge(which: AnswerFilter): Promise<AnswerTotals> {
    this.#gone += 1
    this.#purges.add(which)
    const hot = this.memory.purge(which)
    try {
      // What is on its way to the store would come behind.
      await Promise.all(this.#writes)
      const kept = await this.#needs.store.purge(which)
      // What the store had no room for lies in memory alone.
      return kept.entries >= hot.entries ? kept : hot
    } finally {
      this.#gone += 1
      this.#purges.delete(which)
    }
  }

  async report(question: AnswerQuestion): Promise<AnswerReport> {
    await this.flush()
    return await this.#needs.store.report(question)
  }

  async flush(): Promise<void> {
    // Behind what was put: of what the store does not have it takes no use down.
    await Promise.all(this.#writes)
    this.memory.tellUses()
    await Promise.all(this.#writes)
  }

  async #read(key: string, nowMs: number): Promise<CachedAnswer | undefined> {
    const { store, seals, told } = this.#needs
    const gone = this.#gone
    try {
      const sealed = await this.#inTime(store.find(key, nowMs))
      if (sealed === undefined) return undefined
      const answer = await unpackAnswer(sealed, seals)
      if (answer?.key !== key) {
        told('damaged')
        this.remove(key)
        return undefined
      }
      const isGoing = [...this.#purges].some((which) => isMeant(answer, which))
      if (isGoing || gone !== this.#gone) return undefined
      told('read')
      return this.memory.find(key, nowMs) ?? this.#warm(answer, nowMs)
    } catch (error) {
      told('unread', error)
      return undefined
    }
  }

  #warm(answer: CachedAnswer, nowMs: number): CachedAnswer {
    this.memory.put(answer)
    if (this.memory.find(answer.key, nowMs) === undefined)
      this.#use({ key: answer.key, hits: 1, atMs: nowMs })
    return answer
  }

  /** A request waits for it, so it does not wait long. */
  async #inTime(found: Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
    let timer: Timer | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = this.#needs.clock.after(LIMITS.cacheReadMs, () => reject(new Error('the store took too long')))
    })
    try {
      return await Promise.race([found, late])
    } finally {
      timer?.cancel()
    }
  }

  async #write(answer: CachedAnswer): Promise<void> {
    const { store, seals, room, told } = this.#needs
    this.#waitingBytes += answer.text.length
    try {
      const { text: _said, ...facts } = answer
      const sealed = await packAnswer(answer, seals)
      if (sealed.length > room.bytes) return told('no-room')
      await store.put({ facts, sealed }, room)
      told('written')
    } catch (error) {
      told('unwritten', error)
    } finally {
      this.#waitingBytes -= answer.text.length
    }
  }

  /** Those of one turn are written together. */
  #use(use: AnswerUse): void {
    this.#uses.push(use)
    if (this.#uses.length > 1) return
    this.#keep(
      Promise.resolve().then(async () => {
        const uses = this.#uses
        this.#uses = []
        await this.#needs.store.touch(uses).catch((error: unknown) => this.#needs.told('unwritten', error))
      }),
    )
  }

  #keep(write: Promise<void>): void {
    this.#writes.add(write)
    void write.finally(() => this.#writes.delete(write))
  }
}
