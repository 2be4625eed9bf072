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
  const terms = termsFor(exchange, exchange.route.cache ?? DEFAULT_CACHE)
  const { mode, maxAgeMs } = wantedBy(exchange)
  const bypass = mode === 'off' ? 'asked' : unkeepable(exchange, terms)
  if (bypass !== undefined) return { bypass }
  const found = keys.of(exchange, {
    scope: terms.scope,
    bucket: bucketOf(exchange, terms),
    permits: permitsOf(exchange),
  })
  return found === undefined ? { bypass: 'inexact' } : { ...found, exchange, terms, mode, maxAgeMs }
}

/** A key may be for some of a route's targets only: the answers of the others are none for it. */
function permitsOf({ caller: { models }, request, route }: RoutedExchange): KeyTerms['permits'] {
  return models && ((target) => allowsTarget(models, [request.model, route.name], target))
}

/** A wish may take away from what the route gives, and add to nothing but the tags. */
function termsFor({ route, requestOptions: { cache: wish } }: RoutedExchange, own: CacheTerms): CacheTerms {
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

/** What the option says, else what `Cache-Control` does (RFC 9111, 5.2.1), which only ever takes away. */
function wantedBy({ requestOptions, envelope }: Exchange): Pick<CacheQuestion, 'mode' | 'maxAgeMs'> {
  const maxAgeMs = Number.POSITIVE_INFINITY
  const said = requestOptions.cache?.mode
  if (said !== undefined) return { mode: said, maxAgeMs }
  const control = envelope.header('cache-control')?.toLowerCase()
  if (control === undefined) return { mode: 'on', maxAgeMs }
  const [, seconds] = /(?:^|[\s,])max-age=(\d{1,10})/.exec(control) ?? []
  return {
    mode: controlledMode(control),
    maxAgeMs: seconds === undefined ? maxAgeMs : Number(seconds) * 1_000,
  }
}

function controlledMode(control: string): CacheMode {
  if (control.includes('no-store')) return 'off'
  if (control.includes('no-cache')) return 'refresh'
  return control.includes('only-if-cached') ? 'only' : 'on'
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
