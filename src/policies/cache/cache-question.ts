import type { KeyTerms, QuestionKey, QuestionKeys } from '../../caching/cache-key.ts'
import {
  CACHE_SCOPES,
  DEFAULT_CACHE,
  type CacheBypass,
  type CacheMode,
  type CacheTerms,
} from '../../exchange/cache.ts'
import { requestFeatures, type Exchange, type RoutedExchange } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import { operationOf } from '../../exchange/operations/all.ts'
import { hashOn } from '../../kit/hash.ts'
import { allowsTarget } from '../../routing/model-patterns.ts'
import { cacheControlsOf, type CacheControls } from './cache-controls.ts'

/** What an exchange has to do with the cache. */
export interface CacheQuestion extends QuestionKey {
  readonly exchange: RoutedExchange
  readonly terms: CacheTerms
  readonly mode: CacheMode
  /** How old a kept answer may be, where the client says it. */
  readonly maxAgeMs: number
}

/** Why it has nothing to do with it. */
export interface Bypassed {
  readonly bypass: CacheBypass
}

/** Has an exchange to do with the cache? Usually neither its route nor itself wants anything of it. */
export function concernsCache(exchange: Exchange): exchange is RoutedExchange {
  const { route, requestOptions, asked } = exchange
  if (route === undefined || asked !== undefined) return false
  const mode = requestOptions.cache?.mode
  return route.cache !== undefined || (mode !== undefined && mode !== 'off')
}

/** What such an exchange asks of the cache. Throws `override-not-allowed` where it wishes for more than its route gives. */
export function cacheQuestion(exchange: RoutedExchange, keys: QuestionKeys): CacheQuestion | Bypassed {
  const { mode, maxAgeMs, mostTtlMs } = wantedBy(exchange)
  const terms = termsFor(exchange, exchange.route.cache ?? DEFAULT_CACHE, mostTtlMs)
  const bypass = mode === 'off' ? 'asked' : unkeepable(exchange, terms)
  if (bypass !== undefined) return { bypass }
  const found = keyOf(exchange, terms, keys)
  return found === undefined ? { bypass: 'inexact' } : { ...found, exchange, terms, mode, maxAgeMs }
}

/** The key of what an exchange asks, on the terms that hold for it; undefined where it cannot be told apart from everything else. */
export function keyOf(
  exchange: RoutedExchange,
  terms: CacheTerms,
  keys: QuestionKeys,
): QuestionKey | undefined {
  const { scope } = terms
  return keys.of(exchange, { scope, bucket: bucketOf(exchange, terms), permits: permitsOf(exchange) })
}

/** A key may be for some of a route's targets only: the answers of the others are none for it. */
function permitsOf({ caller: { models }, request, route }: RoutedExchange): KeyTerms['permits'] {
  return models && ((target) => allowsTarget(models, [request.model, route.name], target))
}

/** What the option says, else what other headers do. */
function wantedBy({ requestOptions, envelope }: Exchange): CacheControls {
  const mode = requestOptions.cache?.mode
  return mode === undefined ? cacheControlsOf(envelope) : { mode, ...UNCONTROLLED }
}

const UNCONTROLLED = { maxAgeMs: Number.POSITIVE_INFINITY, mostTtlMs: Number.POSITIVE_INFINITY } as const

/** A wish may take away from what the route gives, and add to nothing but the tags. */
function termsFor(
  { route, requestOptions: { cache: wish } }: RoutedExchange,
  usual: CacheTerms,
  mostTtlMs: number,
): CacheTerms {
  const own = mostTtlMs < usual.ttlMs ? { ...usual, ttlMs: mostTtlMs } : usual
  if (wish === undefined) return own
  const { ttlMs = own.ttlMs, scope = own.scope, tags = [] } = wish
  if (route.cache !== undefined && ttlMs > own.ttlMs) throw beyond('ttl', route.name)
  if (CACHE_SCOPES.indexOf(scope) > CACHE_SCOPES.indexOf(own.scope)) throw beyond('scope', route.name)
  return { ...own, ttlMs, scope, tags: [...own.tags, ...tags] }
}

function beyond(member: string, route: string): Failure {
  return new Failure('override-not-allowed', {
    message: `The route ${route} does not let a request have more of "cache.${member}" than it says itself.`,
    param: `gatehouse.cache.${member}`,
  })
}

/** Why an answer to it is not kept. */
function unkeepable(exchange: RoutedExchange, { sampled }: CacheTerms): CacheBypass | undefined {
  const { request } = exchange
  if ('bound' in request && (request.bound?.length ?? 0) > 0) return 'bound'
  if (requestFeatures(exchange).hostedTools || (request.bearing?.toolRuns ?? 0) > 0) return 'hosted-tools'
  const { isSteady, recall } = operationOf(request)
  return recall === undefined && (sampled || isSteady(request)) ? undefined : 'sampled'
}

/** By the session, so that a conversation has the same answers again. */
function bucketOf({ id, requestOptions }: RoutedExchange, { buckets }: CacheTerms): number {
  return buckets === 1 ? 0 : hashOn(requestOptions.session ?? id, 0) % buckets
}
