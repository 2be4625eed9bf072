import { guardAgainst } from '../caching/semantic/guards.ts'
import { readQuestion, type QuestionReading } from '../caching/semantic/read-question.ts'
import { LIMITS } from '../kit/limits.ts'
import type { FuzzyPart } from './opportunity-request.ts'

interface Entry {
  readonly reading: QuestionReading
  readonly untilMs: number
}

/**
 * Questions that were asked, for finding one that a later one may be in other words. What is proposed has the same words that count, in
 * whatever order: no guard lets through anything else, so nothing is missed, and no vector is needed. It only says what might be saved; no
 * answer is given by it. Holds `LIMITS.opportunityQuestions`; the oldest make room.
 */
export class SimilarQuestions {
  readonly #entries = new Map<string, Entry[]>()
  readonly #order: string[] = []

  /**
   * Is there one that no guard holds for another? Else this one is there for those that follow.
   *
   * @param atMs when it was asked, not before those before it
   * @param untilMs until when its answer would be given
   */
  meet({ partition, text }: FuzzyPart, atMs: number, untilMs: number): boolean {
    const reading = readQuestion(text)
    const places = [`${partition} = ${reading.normal}`]
    if (reading.isEnglish) places.push(`${partition} ~ ${wordsOf(reading)}`)
    if (places.some((place) => this.#has(place, reading, atMs))) return true
    for (const place of places) this.#put(place, { reading, untilMs })
    return false
  }

  #has(place: string, reading: QuestionReading, atMs: number): boolean {
    const entries = this.#entries.get(place) ?? []
    return entries.some((one) => one.untilMs > atMs && guardAgainst(reading, one.reading) === undefined)
  }

  #put(place: string, entry: Entry): void {
    const before = this.#entries.get(place) ?? []
    this.#entries.set(place, [...before, entry].slice(-LIMITS.opportunityCandidates))
    this.#order.push(place)
    if (this.#order.length <= 2 * LIMITS.opportunityQuestions) return
    const oldest = this.#order.splice(0, LIMITS.opportunityQuestions)
    for (const one of oldest) this.#entries.delete(one)
  }
}

function wordsOf({ atoms }: QuestionReading): string {
  return atoms
    .map(({ text }) => text)
    .toSorted()
    .join(' ')
}
