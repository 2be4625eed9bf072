import type { Flights } from '../../caching/flights.ts'
import {
  AnswerRecorder,
  endedWell,
  playAnswer,
  readAnswer,
  writeAnswer,
  type RecordedAnswer,
} from '../../caching/recorded-answer.ts'
import type { CacheStep } from '../../exchange/cache.ts'
import type { Exchange, RoutedExchange } from '../../exchange/exchange.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import { modelOf, type ModelResponse } from '../../exchange/response.ts'
import { watchResponse } from '../../exchange/watcher.ts'
import type { Clock } from '../../kit/clock.ts'
import { defined } from '../../kit/defined.ts'
import { LIMITS } from '../../kit/limits.ts'
import { formatUsd, type NanoUsd } from '../../kit/money.ts'
import type { AnswerCache, CachedAnswer } from '../../store/answer-cache.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { HandleExchange, Layer } from '../policy.ts'
import { cacheQuestion, concernsCache, type CacheQuestion } from './cache-question.ts'

/** What the cache works with. */
export interface CachingParts {
  readonly answers: AnswerCache
  /** Calls under way, of all plans. */
  readonly flights: Flights
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/**
 * Creates the layer that gives answers again. Whoever stands around it sees them as any other: permissions, limits and guardrails hold
 * for what is kept (law 13). Rejects with `not-cached` where nothing else was wanted, and with `override-not-allowed`.
 */
export function createCacheAnswers(parts: CachingParts): Layer {
  return (next) => {
    const answer = async (exchange: RoutedExchange): Promise<ModelResponse> => {
      const question = cacheQuestion(exchange)
      if (!('bypass' in question)) return await new Caching(parts, question, next).answer()
      note(parts, exchange, { outcome: 'bypass', reason: question.bypass })
      return await next(exchange)
    }
    return (exchange) => (concernsCache(exchange) ? answer(exchange) : next(exchange))
  }
}

/** An answer that is kept, read. */
interface Found {
  readonly answer: RecordedAnswer
  readonly kept: CachedAnswer
  readonly ageMs: number
}

class Caching {
  readonly #parts: CachingParts
  readonly #question: CacheQuestion
  readonly #next: HandleExchange

  constructor(parts: CachingParts, question: CacheQuestion, next: HandleExchange) {
    this.#parts = parts
    this.#question = question
    this.#next = next
  }

  async answer(): Promise<ModelResponse> {
    const { key, mode } = this.#question
    const { flights } = this.#parts
    if (mode === 'refresh') return await this.#lead('refresh')
    for (;;) {
      const found = await this.#find()
      if (found !== undefined && this.#isFresh(found)) return this.#give(found, 'hit')
      // Somebody fetches a new one already.
      if (found !== undefined && flights.isOpen(key) && this.#mayBeStale(found))
        return this.#give(found, 'stale')
      if (mode === 'only') throw new Failure('not-cached')
      const landing = flights.follow(key)
      if (landing === undefined) return await this.#lead('miss', found)
      const answer = await this.#wait(landing)
      if (answer !== undefined) return this.#play(answer, { outcome: 'coalesced' })
    }
  }

  async #find(): Promise<Found | undefined> {
    const { answers, clock, telemetry } = this.#parts
    const { key } = this.#question
    const nowMs = clock.nowMs()
    const kept = await answers.find(key, nowMs)
    if (kept === undefined) return undefined
    const answer = readAnswer(kept.text)
    if (answer !== undefined) return { answer, kept, ageMs: Math.max(0, nowMs - kept.atMs) }
    answers.remove(key)
    telemetry.count('gatehouse_cache_answers_total', { outcome: 'damaged' })
    telemetry.log('warn', 'a kept answer is damaged and was removed', { key, route: kept.route })
    return undefined
  }

  /** By what was said when it was kept, and by what is said now. */
  #isFresh({ kept, ageMs }: Found): boolean {
    const { terms, maxAgeMs } = this.#question
    return kept.freshUntilMs > kept.atMs + ageMs && ageMs < Math.min(terms.ttlMs, maxAgeMs)
  }

  #mayBeStale({ ageMs }: Found): boolean {
    const { terms, maxAgeMs } = this.#question
    return ageMs < Math.min(terms.ttlMs + terms.staleWhileRevalidateMs, maxAgeMs)
  }

  #give({ answer, kept, ageMs }: Found, outcome: 'hit' | 'stale'): ModelResponse {
    const saved = kept.costNanoUsd
    this.#question.exchange.trail.savedNanoUsd = saved
    if (saved > 0n)
      this.#parts.telemetry.count('gatehouse_cache_saved_usd_total', { route: kept.route }, toUsd(saved))
    return this.#play(answer, { outcome, ageMs, savedUsd: formatUsd(saved) })
  }

  #play(answer: RecordedAnswer, came: Omit<CacheStep, 'step'>): ModelResponse {
    const { exchange } = this.#question
    note(this.#parts, exchange, came)
    for (const { code, subject } of answer.notices) exchange.trail.noteChange(code, subject ?? '')
    return playAnswer(answer)
  }

  /** Waits for another call, not longer than the client does, nor than the exchange may take. */
  #wait(landing: Promise<RecordedAnswer | undefined>): Promise<RecordedAnswer | undefined> {
    const { clock } = this.#parts
    const { signal, deadlineAtMs } = this.#question.exchange
    return new Promise((resolve, reject) => {
      const left = (): void => stop(() => reject(new Failure('client-gone')))
      const timer = clock.after(Math.max(0, deadlineAtMs - clock.nowMs()), () =>
        stop(() => reject(new Failure('deadline-exceeded'))),
      )
      const stop = (then: () => void): void => {
        timer.cancel()
        signal.removeEventListener('abort', left)
        then()
      }
      signal.addEventListener('abort', left)
      landing.then(
        (answer) => stop(() => resolve(answer)),
        (thrown: unknown) => stop(() => reject(toFailure(thrown))),
      )
      if (signal.aborted) left()
    })
  }

  /** Asks, and keeps what is answered. */
  async #lead(outcome: 'miss' | 'refresh', found?: Found): Promise<ModelResponse> {
    const { exchange, key } = this.#question
    const land = this.#parts.flights.begin(key)
    // The bytes still pass; what they say is read along.
    exchange.trail.claimContent('read')
    try {
      const known = new Set(exchange.trail.notices)
      const response = await this.#next(exchange)
      note(this.#parts, exchange, { outcome })
      const recorder = new AnswerRecorder(LIMITS.cachedAnswerBytes, (events) => {
        const notices = exchange.trail.notices.filter((one) => !known.has(one))
        const answer =
          events !== undefined && endedWell(events)
            ? { operation: exchange.request.operation, model: modelOf(response.from), events, notices }
            : undefined
        if (answer !== undefined) this.#keep(answer)
        this.#parts.telemetry.count('gatehouse_cache_answers_total', {
          outcome: answer === undefined ? 'unfit' : 'stored',
        })
        land(answer)
      })
      return watchResponse(response, recorder)
    } catch (thrown) {
      land()
      const failure = toFailure(thrown)
      if (found !== undefined && this.#mayStandIn(found, failure)) return this.#give(found, 'stale')
      note(this.#parts, exchange, { outcome })
      throw failure
    }
  }

  /** Nobody can be had who answers, and that is not for the client to mend. */
  #mayStandIn({ kept, ageMs }: Found, { row, code }: Failure): boolean {
    const { staleIfErrorMs } = this.#question.terms
    return (
      row.source !== 'client' &&
      code !== 'client-gone' &&
      kept.atMs + ageMs < kept.freshUntilMs + staleIfErrorMs
    )
  }

  #keep(answer: RecordedAnswer): void {
    const { key, owner, terms, exchange } = this.#question
    const { ttlMs, staleWhileRevalidateMs, staleIfErrorMs, tags } = terms
    const atMs = this.#parts.clock.nowMs()
    const freshUntilMs = atMs + ttlMs
    const { trail, route } = exchange
    this.#parts.answers.put({
      key,
      owner,
      owners: exchange.caller.owners,
      requestId: exchange.id,
      route: route.name,
      model: answer.model,
      tags,
      atMs,
      freshUntilMs,
      endsAtMs: freshUntilMs + Math.max(staleWhileRevalidateMs, staleIfErrorMs),
      costNanoUsd: trail.isSimulated() ? 0n : (trail.costNanoUsd() ?? 0n),
      text: writeAnswer(answer),
    })
  }
}

/** Takes down what came of an exchange. */
function note({ telemetry }: CachingParts, exchange: Exchange, came: Omit<CacheStep, 'step'>): void {
  const { outcome, ageMs } = came
  exchange.trail.cache = { outcome, ...defined({ ageMs }) }
  exchange.trail.decide({ step: 'cache', ...came })
  telemetry.count('gatehouse_cache_requests_total', { route: exchange.route?.name ?? '', outcome })
}

function toUsd(nano: NanoUsd): number {
  return Number(nano) / 1e9
}
