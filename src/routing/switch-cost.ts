import type { RankQuestion } from '../exchange/route.ts'
import { CACHED_FROM_TOKENS, type Price, type Target } from '../exchange/target.ts'

const PICO_PER_NANO = 1_000

/** Tokens of a request that lie in the cache of some target, and of how many of its own they are the share. */
export interface CachedPart {
  /** The target that has them. */
  readonly at: string
  readonly tokens: number
  /** 0 to 1. */
  readonly share: number
}

/**
 * What of a request lies in a cache, as far as this process knows; undefined where nothing does. A prompt that is too short for any cache lies
 * in none; a session counts however short it is, as its client named it.
 */
export function cachedPart(
  { affinity, features: { inputTokens } }: Pick<RankQuestion, 'affinity' | 'features'>,
  { capabilities }: Pick<Target, 'capabilities'>,
): CachedPart | undefined {
  const warm = affinity?.warm
  if (affinity === undefined || warm === undefined || inputTokens === 0) return undefined
  const isLong = inputTokens >= (capabilities.cachedFromTokens ?? CACHED_FROM_TOKENS)
  if (!isLong && affinity.by !== 'session') return undefined
  const tokens = Math.min(warm.tokens, inputTokens)
  return { at: warm.target, tokens, share: tokens / inputTokens }
}

/**
 * What it costs to leave a warm cache for a target, in nano-USD: there the tokens are read anew, and written to its cache where the request
 * asks for that, instead of read from a cache.
 *
 * @param isWritten does the request have what it says written to caches?
 */
export function switchCost(cachedTokens: number, to: Price, isWritten: boolean): number {
  const { input, cacheRead = input, cacheWrite = input } = to
  const anew = isWritten ? cacheWrite : input
  return (cachedTokens * Number(anew - cacheRead)) / PICO_PER_NANO
}
