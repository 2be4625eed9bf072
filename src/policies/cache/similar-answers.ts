import { QuestionKeys } from '../../caching/cache-key.ts'
import { playAnswer, readAnswer, type RecordedAnswer } from '../../caching/recorded-answer.ts'
import { fuzzyQuestion, type FuzzyQuestion } from '../../caching/semantic/fuzzy-question.ts'
import type { Nearest, SimilarEntry, SimilarPartition } from '../../caching/semantic/similar-entries.ts'
import { similarPlaceOf } from '../../caching/semantic/similar-places.ts'
import type { Ask } from '../../exchange/ask.ts'
import type { Message } from '../../exchange/collect.ts'
import type { ResponseEvent } from '../../exchange/event.ts'
import type { RoutedExchange } from '../../exchange/exchange.ts'
import { createFoldOf } from '../../exchange/operations/all.ts'
import type { ModelResponse } from '../../exchange/response.ts'
import type { SimilarOutcome, SimilarStep, SimilarTerms } from '../../exchange/similar.ts'
import { defined } from '../../kit/defined.ts'
import { formatUsd } from '../../kit/money.ts'
import type { CachedAnswer } from '../../store/answer-cache.ts'
import type { HandleExchange, Layer } from '../policy.ts'
import { askVector, auditAnswer, compareAnswers, type Asking, type Compared } from './ask-similar.ts'
import { cacheQuestion, concernsCache, keyOf, type CacheQuestion } from './cache-question.ts'
import { hearAnswer } from './hear-answer.ts'
import { isFromAhead } from './kept-answer.ts'
import type { SimilarParts } from './similar-parts.ts'

/**
 * Creates the layer that gives the answer to a similar question where none is kept for the same one, and only where audits have earned it.
 * It stands inside of the cache, which asks it as it would ask a model: what is not found costs a call no more time than the route lets
 * it wait for a vector.
 */
export function createSimilarAnswers(parts: SimilarParts): (ask: Ask) => Layer {
  const keys = new QuestionKeys()
  return (ask) => (next) => {
    const answer = async (exchange: RoutedExchange, terms: SimilarTerms): Promise<ModelResponse> => {
      const question = cacheQuestion(exchange, keys)
      if ('bypass' in question) return await next(exchange)
      const fuzzy = fuzzyQuestion(exchange, (one) => keyOf(one, question.terms, keys), terms.embeddings)
      return await new Looking({ parts, ask, exchange, terms }, question, next).answer(fuzzy)
    }
    return (exchange) => {
      const terms = exchange.route?.cache?.similar
      // What was answered already is only fetched anew.
      if (terms === undefined || exchange.trail.cache !== undefined) return next(exchange)
      return concernsCache(exchange) ? answer(exchange, terms) : next(exchange)
    }
  }
}

/** A similar question and its answer. */
interface Candidate {
  readonly entry: SimilarEntry
  readonly similarity: number
  readonly kept: CachedAnswer
  readonly answer: RecordedAnswer
}

class Looking {
  readonly #asking: Asking
  readonly #parts: SimilarParts
  readonly #question: CacheQuestion
  readonly #next: HandleExchange

  constructor(asking: Asking, question: CacheQuestion, next: HandleExchange) {
    this.#asking = asking
    this.#parts = asking.parts
    this.#question = question
    this.#next = next
  }

  async answer(fuzzy: ReturnType<typeof fuzzyQuestion>): Promise<ModelResponse> {
    const { exchange, terms } = this.#asking
    if ('never' in fuzzy) return await this.#pass({ outcome: 'never', reason: fuzzy.never })
    const id = similarPlaceOf(exchange.route)
    const partition = this.#parts.entries.partition(fuzzy.partition, { id, terms })
    const audits = this.#parts.board.of(id, terms)
    if (partition.isOff || audits === undefined || audits.isRefuted)
      return await this.#pass({ outcome: 'off' })
    const vector = askVector(this.#asking, fuzzy.text)
    const asked = { fuzzy, partition, vector }
    if (this.#question.mode === 'refresh') return await this.#askAndRemember(asked)
    const found = await this.#within(this.#find(asked))
    if (found === 'late' || found === undefined || !('kept' in found)) {
      this.#tell(missOf(found))
      return await this.#askAndRemember(asked)
    }
    return partition.trust.allows(found.similarity, found.entry.trust)
      ? this.#serve(found, partition)
      : await this.#explore(found, asked)
  }

  /** The nearest question, with its answer where nothing stands against it; `late` where there is no vector. */
  async #find({ fuzzy, partition, vector }: Asked): Promise<Candidate | Nearest | 'late' | undefined> {
    const { entries, answers, clock } = this.#parts
    const known = await vector
    if (known === undefined) return 'late'
    const { least } = this.#asking.terms
    const nearest = await entries.nearest(partition, { vector: known, reading: fuzzy.reading, least })
    if (nearest === undefined || 'against' in nearest) return nearest
    const nowMs = clock.nowMs()
    const kept = await answers.find(nearest.entry.answerKey, nowMs)
    const answer = kept === undefined ? undefined : readAnswer(kept.text, kept.key)
    if (kept !== undefined && answer !== undefined && this.#isFresh(kept, nowMs))
      return { ...nearest, kept, answer }
    entries.evict(partition, nearest.entry)
    return undefined
  }

  #isFresh(kept: CachedAnswer, nowMs: number): boolean {
    const { terms, maxAgeMs } = this.#question
    if (isFromAhead(kept, nowMs)) return false
    return kept.freshUntilMs > nowMs && nowMs - kept.atMs < Math.min(terms.ttlMs, maxAgeMs)
  }

  /** What is found in time. */
  #within<Found>(found: Promise<Found>): Promise<Found | 'late'> {
    const { promise, resolve } = Promise.withResolvers<Found | 'late'>()
    const timer = this.#parts.clock.after(this.#asking.terms.waitMs, () => resolve('late'))
    found.then(resolve, (thrown: unknown) => {
      this.#parts.telemetry.log('error', 'similar answers: not searched', { error: String(thrown) })
      resolve('late')
    })
    return promise.finally(() => timer.cancel())
  }

  #serve({ entry, similarity, kept, answer }: Candidate, partition: SimilarPartition): ModelResponse {
    const { clock, random, telemetry, entries } = this.#parts
    const { trail, route } = this.#asking.exchange
    const ageMs = Math.max(0, clock.nowMs() - kept.atMs)
    this.#tell({ outcome: 'served', similarity })
    trail.cache = { outcome: 'semantic', ageMs, similarity }
    trail.savedNanoUsd = kept.costNanoUsd
    const savedUsd = formatUsd(kept.costNanoUsd)
    trail.decide({
      step: 'cache',
      outcome: 'semantic',
      ageMs,
      similarity,
      savedUsd,
      ...defined({ first: kept.requestId }),
    })
    telemetry.count('gatehouse_cache_requests_total', { route: route.name, outcome: 'semantic' })
    if (kept.costNanoUsd > 0n)
      telemetry.count(
        'gatehouse_cache_saved_usd_total',
        { route: route.name },
        Number(kept.costNanoUsd) / 1e9,
      )
    for (const { code, subject } of answer.notices) trail.noteChange(code, subject ?? '')
    entries.renew(partition, entry)
    if (random.next() < partition.audits.auditShare)
      clock.afterTurn(() => void this.#audit({ entry, similarity, kept, answer }, partition))
    return playAnswer(answer)
  }

  /** The client has its answer; was it the right one? */
  async #audit({ entry, similarity, answer }: Candidate, partition: SimilarPartition): Promise<void> {
    const { board, entries } = this.#parts
    const { exchange, terms } = this.#asking
    const result = await auditAnswer(this.#asking, this.#next, messageOf(answer.events))
    this.#count('audit', result)
    if (result !== 'right' && result !== 'wrong') return
    const isRight = result === 'right'
    entries.learn(partition, { of: 'audit', similarity, isRight })
    board.add(similarPlaceOf(exchange.route), terms, isRight)
    if (!isRight) entries.evict(partition, entry)
    if (!partition.audits.isRefuted) return
    partition.isOff = true
    entries.clear(partition)
  }

  /** The model is asked although something similar is known, and what it says tells whether that would have been right. */
  async #explore(candidate: Candidate, asked: Asked): Promise<ModelResponse> {
    const { similarity } = candidate
    this.#tell({ outcome: 'explored', similarity })
    return await this.#askAnd((events) => {
      this.#parts.clock.afterTurn(() => void this.#learn(candidate, asked, messageOf(events)))
    })
  }

  async #learn({ entry, similarity, answer }: Candidate, asked: Asked, said: Message): Promise<void> {
    const { partition } = asked
    const result = await compareAnswers(this.#asking, messageOf(answer.events), said)
    this.#count('explore', result)
    if (result === 'right' || result === 'wrong')
      this.#parts.entries.learn(partition, { of: 'explore', similarity, isRight: result === 'right' })
    // One that has the same answer already needs no second entry.
    if (result === 'right') return
    if (result === 'wrong') this.#parts.entries.tighten(partition, entry, similarity)
    this.#remember(asked)
  }

  #askAndRemember(asked: Asked): Promise<ModelResponse> {
    return this.#askAnd(() => this.#remember(asked))
  }

  /** The model's answer, with somebody who is told what it was when it has ended well. */
  async #askAnd(told: (events: readonly ResponseEvent[]) => void): Promise<ModelResponse> {
    const response = await this.#next(this.#asking.exchange)
    return hearAnswer(response, told)
  }

  #remember({ fuzzy: { reading }, partition, vector }: Asked): void {
    const answerKey = this.#question.key
    void vector.then((known) => {
      if (known !== undefined) this.#parts.entries.add(partition, { reading, answerKey }, known)
    })
  }

  async #pass(step: Omit<SimilarStep, 'step'>): Promise<ModelResponse> {
    this.#tell(step)
    return await this.#next(this.#asking.exchange)
  }

  #tell(step: Omit<SimilarStep, 'step'>): void {
    const { trail, route } = this.#asking.exchange
    trail.decide({ step: 'similar', ...step })
    const { outcome } = step
    this.#parts.telemetry.count('gatehouse_semantic_requests_total', { route: route.name, outcome })
  }

  #count(of: 'audit' | 'explore', result: Compared): void {
    const route = this.#asking.exchange.route.name
    this.#parts.telemetry.count('gatehouse_semantic_audits_total', { route, of, result })
  }
}

/** What is looked for, and by what. */
interface Asked {
  readonly fuzzy: FuzzyQuestion
  readonly partition: SimilarPartition
  readonly vector: Promise<Float32Array | undefined>
}

function missOf(found: Candidate | Nearest | 'late' | undefined): Omit<SimilarStep, 'step'> {
  if (found === 'late') return { outcome: 'late' satisfies SimilarOutcome }
  if (found === undefined || !('against' in found)) return { outcome: 'none' }
  return { outcome: 'none', reason: found.against, similarity: found.similarity }
}

function messageOf(events: readonly ResponseEvent[]): Message {
  const fold = createFoldOf('chat')
  for (const event of events) if (event.type !== 'failure') fold.push(event)
  return fold.result()
}
