import { SCOPES, type Owners } from '../exchange/owner.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'
import type { NanoUsd } from '../kit/money.ts'

/** What is known of an answer that is kept, beside what it says. */
export interface AnswerFacts {
  /** SHA-256 of what was asked and of whom, hex. */
  readonly key: string
  /** For whom it is kept, as `scope:id`, or `shared`. */
  readonly owner: string
  /** Who asked first, and in which request. */
  readonly owners?: Owners
  readonly requestId?: string
  readonly route: string
  /** Name of the model that gave it. */
  readonly model?: string
  readonly tags: readonly string[]
  /** When it was given. */
  readonly atMs: number
  /** Until when it is given again, and until when where no other can be had; wall time. */
  readonly freshUntilMs: number
  readonly endsAtMs: number
  /** What it had cost; 0 where that is not known, or it was invented. */
  readonly costNanoUsd: NanoUsd
}

/** An answer that is kept for whoever asks the same. */
export interface CachedAnswer extends AnswerFacts {
  /** The answer, spelled with a checksum. */
  readonly text: string
}

/** Which answers are meant: those for which all members hold. Without any, all. */
export interface AnswerFilter {
  readonly key?: string
  /** `scope:id` or `shared`: those that are kept for an owner, and those that his requests were given first. */
  readonly owner?: string
  /** Id of the request that was given it first. */
  readonly request?: string
  readonly route?: string
  readonly model?: string
  readonly tag?: string
}

/** How many answers, and about how many bytes they take where they lie. */
export interface AnswerTotals {
  readonly entries: number
  readonly bytes: number
}

/** An answer in a list: all but what it says. */
export interface ListedAnswer extends AnswerFacts {
  /** How often it was found since it was put. */
  readonly hits: number
  readonly usedMs: number
  readonly bytes: number
}

/** What of the answers is asked for. */
export interface AnswerQuestion extends AnswerFilter {
  readonly nowMs: number
  /** 1–500; those that were found most often come first. */
  readonly limit: number
}

/** What lies in the cache. */
export interface AnswerReport {
  readonly totals: AnswerTotals
  /** Those with the most bytes first, `LIMITS.cacheRoutes` at most. */
  readonly routes: readonly (AnswerTotals & { readonly route: string })[]
  readonly answers: readonly ListedAnswer[]
}

/** Keeps answers within a bound; those that were not used for longest go first. */
export interface AnswerCache {
  /** The answer under a key that has not ended, at once where it is at hand. */
  find(key: string, nowMs: number): MaybePromise<CachedAnswer | undefined>
  /** Keeps an answer in the place of the one that its key has. Must not throw. */
  put(answer: CachedAnswer): void
  remove(key: string): void
  /** Removes the answers that are meant, and gives what went. None of them is found any more once this was called. */
  purge(which: AnswerFilter): MaybePromise<AnswerTotals>
  /** What lies there, without what it says. */
  report(question: AnswerQuestion): MaybePromise<AnswerReport>
}

/** About what an answer takes in memory, bytes. */
export function bytesOfAnswer({ text, owner, route, tags }: CachedAnswer): number {
  // A text with one character that is not Latin has two bytes for each.
  const width = Buffer.byteLength(text) === text.length ? 1 : 2
  return 256 + width * text.length + owner.length + route.length + tags.join(' ').length
}

/** Is an answer one of those that are meant? */
export function isMeant(
  answer: AnswerFacts,
  { key, owner, request, route, model, tag }: AnswerFilter,
): boolean {
  return (
    (key === undefined || answer.key === key) &&
    (owner === undefined || isOf(answer, owner)) &&
    (request === undefined || answer.requestId === request) &&
    (route === undefined || answer.route === route) &&
    (model === undefined || answer.model === model) &&
    (tag === undefined || answer.tags.includes(tag))
  )
}

function isOf({ owner, owners }: AnswerFacts, wanted: string): boolean {
  if (owner === wanted) return true
  return SCOPES.some((scope) => owners?.[scope] !== undefined && `${scope}:${owners[scope]}` === wanted)
}
