import type { Scope } from './owner.ts'
import type { SimilarTerms } from './similar.ts'

/** For whom an answer is kept: for all requests of an owner, or for everybody. */
export type CacheScope = Scope | 'shared'

/** From the narrowest to the widest. */
export const CACHE_SCOPES = [
  'key',
  'user',
  'customer',
  'project',
  'team',
  'organisation',
  'shared',
] as const satisfies readonly CacheScope[]

/** What a request wants of the cache: as the route says, nothing, a new answer, or nothing but what is kept. */
export const CACHE_MODES = ['on', 'off', 'refresh', 'only'] as const
export type CacheMode = (typeof CACHE_MODES)[number]

/** On what terms answers of a route are kept and given again. */
export interface CacheTerms {
  /** How long an answer is given again. */
  readonly ttlMs: number
  readonly scope: CacheScope
  /** How much longer it is given while a new one is fetched. */
  readonly staleWhileRevalidateMs: number
  /** How much longer it is given where nobody can be reached. */
  readonly staleIfErrorMs: number
  /** How many different answers are kept of one request; it has one of them, by its session or by chance. */
  readonly buckets: number
  /** By which they can be removed. */
  readonly tags: readonly string[]
  /** True where answers are kept that would be another one each time. */
  readonly sampled: boolean
  /** Absent: only the answers to the same questions are given. */
  readonly similar?: SimilarTerms
}

/** What holds where nothing is said. */
export const DEFAULT_CACHE: CacheTerms = {
  ttlMs: 3_600_000,
  scope: 'team',
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
  buckets: 1,
  tags: [],
  sampled: false,
}

/** What a request wishes of the cache. */
export interface CacheWish {
  readonly mode?: CacheMode
  readonly ttlMs?: number
  readonly scope?: CacheScope
  readonly tags?: readonly string[]
}

/** What can come of a request at the cache: an answer that is kept, that of a similar question, too old a one, or that of a call under way; none; a new one as it was wanted; nothing. */
export const CACHE_OUTCOMES = ['hit', 'semantic', 'stale', 'coalesced', 'miss', 'refresh', 'bypass'] as const

/** What came of a request at the cache. */
export type CacheOutcome = (typeof CACHE_OUTCOMES)[number]

/** Why a request has nothing to do with the cache. */
export type CacheBypass = 'asked' | 'sampled' | 'bound' | 'hosted-tools' | 'inexact'

/** A request was looked for among the answers that are kept. */
export interface CacheStep {
  readonly step: 'cache'
  readonly outcome: CacheOutcome
  /** Why it was not looked for. */
  readonly reason?: CacheBypass
  /** How old the answer is that was given. */
  readonly ageMs?: number
  /** What it had cost. */
  readonly savedUsd?: string
  /** How near its question was, where that was a similar one. */
  readonly similarity?: number
  /** The request that was given it first. */
  readonly first?: string
}

/** What the trail keeps of it. */
export interface CacheRecord {
  readonly outcome: CacheOutcome
  readonly ageMs?: number
  readonly similarity?: number
}
