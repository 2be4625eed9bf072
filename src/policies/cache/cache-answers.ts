import { QuestionKeys } from '../../caching/cache-key.ts'
import type { RoutedExchange } from '../../exchange/exchange.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import type { ModelResponse } from '../../exchange/response.ts'
import type { HandleExchange, Layer } from '../policy.ts'
import { cacheQuestion, concernsCache, type CacheQuestion } from './cache-question.ts'
import { noteCache } from './caching-parts.ts'
import { followCall } from './followed-call.ts'
import { giveAnswer, isFresh, mayBeStale, KeptAnswers, mayStandIn, type Found } from './kept-answer.ts'
import { leadCall } from './led-call.ts'
import { refreshAnswer, type RefreshingParts } from './refresh-answer.ts'

/** Calls of others that come to nothing before somebody who asks the same has their failure for his own. */
const MOST_CALLS_FOLLOWED = 2

/**
 * Creates the layer that gives answers again. Whoever stands around it sees them as any other: permissions, limits and guardrails hold
 * for what is kept (law 13). Rejects with `not-cached` where nothing else was wanted, and with `override-not-allowed`.
 */
export function createCacheAnswers(parts: RefreshingParts): Layer {
  const keys = new QuestionKeys()
  const all = { ...parts, kept: new KeptAnswers(parts) }
  return (next) => {
    const answer = async (exchange: RoutedExchange): Promise<ModelResponse> => {
      const question = cacheQuestion(exchange, keys)
      if (!('bypass' in question)) return await new Caching(all, question, next).answer()
      noteCache(parts, exchange, { outcome: 'bypass', reason: question.bypass })
      return await next(exchange)
    }
    return (exchange) => (concernsCache(exchange) ? answer(exchange) : next(exchange))
  }
}

interface Parts extends RefreshingParts {
  readonly kept: KeptAnswers
}

class Caching {
  readonly #parts: Parts
  readonly #question: CacheQuestion
  readonly #next: HandleExchange

  constructor(parts: Parts, question: CacheQuestion, next: HandleExchange) {
    this.#parts = parts
    this.#question = question
    this.#next = next
  }

  async answer(): Promise<ModelResponse> {
    const { key, mode, exchange } = this.#question
    const { flights } = this.#parts
    if (mode === 'refresh') return await this.#lead('refresh')
    for (let followed = 1; ; followed += 1) {
      const finding = this.#parts.kept.find(this.#question)
      const found = finding instanceof Promise ? await finding : finding
      if (found !== undefined && isFresh(this.#question, found)) return this.#give(found, 'hit')
      if (found !== undefined && mayBeStale(this.#question, found)) {
        if (mode === 'on') refreshAnswer(this.#parts, this.#question, this.#next)
        return this.#give(found, 'stale')
      }
      if (mode === 'only') throw new Failure('not-cached')
      const follower = flights.join(key, !exchange.request.stream)
      if (follower === undefined) return await this.#lead('miss', found)
      const answer = await followCall(this.#parts, exchange, follower)
      if (!(answer instanceof Failure)) return answer
      // Who asks next may have better luck, but not one after the other for as long as it takes.
      if (followed >= MOST_CALLS_FOLLOWED && concernsAll(answer)) return this.#standIn(answer, found)
    }
  }

  #give(found: Found, outcome: 'hit' | 'stale'): ModelResponse {
    return giveAnswer(this.#parts, this.#question, { ...found, outcome })
  }

  async #lead(outcome: 'miss' | 'refresh', found?: Found): Promise<ModelResponse> {
    const { exchange } = this.#question
    try {
      const response = await leadCall(this.#parts, this.#question, this.#next)
      noteCache(this.#parts, exchange, { outcome })
      return response
    } catch (thrown) {
      return this.#standIn(toFailure(thrown), found, outcome)
    }
  }

  /** Gives an old answer in the place of a failure, where there is one that may stand in. */
  #standIn(failure: Failure, found: Found | undefined, outcome: 'miss' | 'refresh' = 'miss'): ModelResponse {
    if (found !== undefined && mayStandIn(this.#question, found, failure)) return this.#give(found, 'stale')
    noteCache(this.#parts, this.#question.exchange, { outcome })
    throw failure
  }
}

/** Is it nothing that was only about whoever asked first: his leaving, his time, his budget? */
function concernsAll({ row, code }: Failure): boolean {
  return row.source === 'provider' || code === 'no-candidate'
}
