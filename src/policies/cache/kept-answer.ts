import { playAnswer, readAnswer, writeAnswer, type RecordedAnswer } from '../../caching/recorded-answer.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { Notice } from '../../exchange/notice.ts'
import type { ModelResponse } from '../../exchange/response.ts'
import type { Trail } from '../../exchange/trail.ts'
import type { MaybePromise } from '../../kit/maybe-promise.ts'
import { defined } from '../../kit/defined.ts'
import { LIMITS } from '../../kit/limits.ts'
import { formatUsd, type NanoUsd } from '../../kit/money.ts'
import type { CachedAnswer } from '../../store/answer-cache.ts'
import type { CacheQuestion } from './cache-question.ts'
import { noteCache, type CachingParts } from './caching-parts.ts'

/** An answer that is kept, read. */
export interface Found {
  readonly answer: RecordedAnswer
  readonly kept: CachedAnswer
  readonly ageMs: number
}

/**
 * Finds what is kept. What the store gives again as it is was read before, and is not read again: it is forgotten when the store has forgotten it.
 */
export class KeptAnswers {
  readonly #parts: CachingParts
  readonly #read = new WeakMap<CachedAnswer, RecordedAnswer>()

  constructor(parts: CachingParts) {
    this.#parts = parts
  }

  /** What is kept for a question, at once where it is at hand. What is damaged is removed, and nothing is found. */
  find({ key }: CacheQuestion): MaybePromise<Found | undefined> {
    const { answers, clock } = this.#parts
    const nowMs = clock.nowMs()
    try {
      const kept = answers.find(key, nowMs)
      if (!(kept instanceof Promise)) return this.#open(key, kept, nowMs)
      return kept.then((found) => this.#open(key, found, nowMs)).catch((error) => this.#unread(error))
    } catch (thrown) {
      return this.#unread(thrown)
    }
  }

  /** What cannot be read is not found: somebody can be asked. */
  #unread(error: unknown): undefined {
    this.#parts.telemetry.log('warn', 'kept answers cannot be read', { reason: String(error) })
    return undefined
  }

  #open(key: string, kept: CachedAnswer | undefined, nowMs: number): Found | undefined {
    if (kept === undefined || isFromAhead(kept, nowMs)) return undefined
    const answer = this.#read.get(kept) ?? readAnswer(kept.text, key)
    if (answer === undefined) return this.#damaged(key, kept)
    this.#read.set(kept, answer)
    return { answer, kept, ageMs: Math.max(0, nowMs - kept.atMs) }
  }

  #damaged(key: string, { route }: CachedAnswer): undefined {
    const { answers, telemetry } = this.#parts
    answers.remove(key)
    telemetry.count('gatehouse_cache_answers_total', { outcome: 'damaged' })
    telemetry.log('warn', 'a kept answer is damaged and was removed', { key, route })
  }
}

/** What is from tomorrow was kept when the clock was wrong, and would be given until that has come. */
export function isFromAhead({ atMs }: CachedAnswer, nowMs: number): boolean {
  return atMs - nowMs > LIMITS.cacheAheadMs
}

/** By what was said when it was kept, and by what is said now. */
export function isFresh({ terms, maxAgeMs }: CacheQuestion, { kept, ageMs }: Found): boolean {
  return kept.freshUntilMs > kept.atMs + ageMs && ageMs < Math.min(terms.ttlMs, maxAgeMs)
}

/** May it be given while a new one is fetched? By what was said when it was kept, and by what is said now. */
export function mayBeStale({ terms, maxAgeMs }: CacheQuestion, { kept, ageMs }: Found): boolean {
  const { ttlMs, staleWhileRevalidateMs } = terms
  const isOver = kept.atMs + ageMs >= kept.freshUntilMs + staleWhileRevalidateMs
  return !isOver && ageMs < Math.min(ttlMs + staleWhileRevalidateMs, maxAgeMs)
}

/** Nobody can be had who answers, and that is not for the client to mend. */
export function mayStandIn({ terms }: CacheQuestion, { kept, ageMs }: Found, failure: Failure): boolean {
  return (
    failure.row.source !== 'client' &&
    failure.code !== 'client-gone' &&
    kept.atMs + ageMs < kept.freshUntilMs + terms.staleIfErrorMs
  )
}

/** Gives a kept answer again. */
export function giveAnswer(
  parts: CachingParts,
  { exchange }: CacheQuestion,
  { answer, kept, ageMs, outcome }: Found & { readonly outcome: 'hit' | 'stale' },
): ModelResponse {
  noteSaved(parts, exchange.trail, { route: kept.route, saved: kept.costNanoUsd })
  noteCache(parts, exchange, {
    outcome,
    ageMs,
    savedUsd: formatUsd(kept.costNanoUsd),
    ...defined({ first: kept.requestId }),
  })
  tellNotices(exchange.trail, answer.notices)
  return playAnswer(answer)
}

/** What an answer had cost that was not paid for again. */
export function noteSaved(
  { telemetry }: CachingParts,
  trail: Trail,
  { route, saved }: { readonly route: string; readonly saved: NanoUsd },
): void {
  trail.savedNanoUsd = saved
  if (saved > 0n) telemetry.count('gatehouse_cache_saved_usd_total', { route }, Number(saved) / 1e9)
}

/** What was lost of an answer when it was given first, is lost for everybody who gets it. */
export function tellNotices(trail: Trail, notices: readonly Notice[]): void {
  for (const { code, subject } of notices) trail.noteChange(code, subject ?? '')
}

/** Keeps what was answered. */
export function keepAnswer(
  { answers, clock }: CachingParts,
  { key, owner, terms, exchange }: CacheQuestion,
  answer: RecordedAnswer,
): void {
  const { ttlMs, staleWhileRevalidateMs, staleIfErrorMs, tags } = terms
  const atMs = clock.nowMs()
  const freshUntilMs = atMs + ttlMs
  answers.put({
    key,
    owner,
    owners: exchange.caller.owners,
    requestId: exchange.id,
    model: answer.model,
    route: exchange.route.name,
    tags,
    atMs,
    freshUntilMs,
    endsAtMs: freshUntilMs + Math.max(staleWhileRevalidateMs, staleIfErrorMs),
    costNanoUsd: costOf(exchange.trail),
    text: writeAnswer(answer, key),
  })
}

/** What an answer has cost; 0 where that is not known, or it was invented. */
export function costOf(trail: Trail): NanoUsd {
  return trail.isSimulated() ? 0n : (trail.costNanoUsd() ?? 0n)
}
