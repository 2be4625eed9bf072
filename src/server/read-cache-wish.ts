import { CACHE_MODES, CACHE_SCOPES, type CacheWish } from '../exchange/cache.ts'
import { CACHE_HEADER } from '../exchange/own-headers.ts'
import { defined } from '../kit/defined.ts'
import { parseDuration } from '../kit/duration.ts'
import { isArray, isObject, type Json, type JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'

/** What is expected of the option `cache`. */
export const CACHE_WISH = `${CACHE_MODES.join(', ')}, or an object with mode, ttl (seconds, or 10m; at most 365d), scope (${CACHE_SCOPES.join(', ')}) and tags`

/** The headers in which its members stand. */
const MEMBERS: ReadonlyMap<string, string> = new Map([
  [CACHE_HEADER, 'mode'],
  [`${CACHE_HEADER}-ttl`, 'ttl'],
  [`${CACHE_HEADER}-scope`, 'scope'],
  [`${CACHE_HEADER}-tags`, 'tags'],
])

/** What gateways say of themselves in the same header, which clients repeat that send on what they got. */
const OUTCOMES: ReadonlySet<string> = new Set(['hit', 'stale', 'coalesced', 'miss', 'bypass', 'semantic'])

const KNOWN: ReadonlySet<string> = new Set(MEMBERS.values())
const TAG = /^[a-z0-9][a-z0-9._-]{0,99}$/

/** Does a header say what is wanted of the cache? */
export function isCacheHeader(header: string): boolean {
  return MEMBERS.has(header)
}

/** What headers want of the cache, as the body would write it; undefined where none does. */
export function cacheWishIn(own: Readonly<Record<string, string>>): JsonObject | undefined {
  const wish: Record<string, Json> = {}
  for (const [header, member] of MEMBERS) {
    const value = own[header]
    if (value === undefined || (member === 'mode' && OUTCOMES.has(value.replace(/;.*$/, '')))) continue
    wish[member] = member === 'tags' ? value.split(',').map((tag) => tag.trim()) : value
  }
  return Object.keys(wish).length === 0 ? undefined : wish
}

/** Reads what a request wants of the cache; undefined where it is not written as it must be. */
export function readCacheWish(value: Json): CacheWish | undefined {
  if (typeof value === 'string') return readCacheWish({ mode: value })
  if (!isObject(value) || Object.keys(value).some((name) => !KNOWN.has(name))) return undefined
  const mode = CACHE_MODES.find((one) => one === value['mode'])
  const scope = CACHE_SCOPES.find((one) => one === value['scope'])
  const ttlMs = readTtl(value['ttl'])
  const tags = readTags(value['tags'])
  const wish: CacheWish = defined({ mode, scope, ttlMs, tags })
  // What was written and is not among them was not understood.
  return Object.keys(wish).length === Object.keys(value).length ? wish : undefined
}

function readTtl(value: Json | undefined): number | undefined {
  const written = typeof value === 'number' ? `${value}s` : value
  if (typeof written !== 'string') return undefined
  const ms = parseDuration(/^\d+$/.test(written) ? `${written}s` : written)
  const isTime = ms !== undefined && ms >= 1 && ms <= LIMITS.cacheTtlMs
  return isTime ? Math.round(ms) : undefined
}

function readTags(value: Json | undefined): readonly string[] | undefined {
  if (!isArray(value) || value.length > LIMITS.cacheTags) return undefined
  const tags = value.filter((tag) => typeof tag === 'string').filter((tag) => TAG.test(tag))
  return tags.length === value.length ? tags : undefined
}
