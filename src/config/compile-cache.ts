import { DEFAULT_CACHE, type CacheTerms } from '../exchange/cache.ts'
import { defined } from '../kit/defined.ts'
import type { CacheConfig } from './schema/cache.ts'

/**
 * On what terms a route keeps answers; nothing where it keeps none.
 *
 * @param usual what holds for routes that say nothing, and fills in what the others leave out
 */
export function compileCache(
  own: CacheConfig | undefined,
  usual: CacheConfig | undefined,
): { readonly cache?: CacheTerms } {
  const said = own ?? usual
  if (said === undefined || said === 'off') return {}
  const below = usual === undefined || usual === 'off' ? {} : usual
  return { cache: { ...DEFAULT_CACHE, ...toTerms(below), ...toTerms(said) } }
}

function toTerms(said: Exclude<CacheConfig, 'off'>): Partial<CacheTerms> {
  const { ttl, scope, buckets, tags, sampled } = said
  return defined({
    ttlMs: ttl,
    scope,
    staleWhileRevalidateMs: said.stale_while_revalidate,
    staleIfErrorMs: said.stale_if_error,
    buckets,
    tags,
    sampled,
  })
}
