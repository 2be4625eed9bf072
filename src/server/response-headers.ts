import { attemptSummary } from '../exchange/attempt-result.ts'
import type { CacheOutcome, CacheRecord } from '../exchange/cache.ts'
import { decisionIdOf } from '../exchange/decision.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Trail } from '../exchange/trail.ts'
import { formatFindings } from '../exchange/guard.ts'
import { formatNotices } from '../exchange/notice.ts'
import { CACHE_HEADER, OWN_HEADERS } from '../exchange/own-headers.ts'
import { formatUsd } from '../kit/money.ts'

/** Attempts named in one header; the decision record holds them all. */
const MOST_ATTEMPTS_SHOWN = 10
const UNSHOWABLE = /[^\x20-\x7e]/g

/**
 * The headers every answer carries about itself: who asked, who answered, what was tried, what was changed.
 *
 * @param elapsedMs milliseconds since the exchange was opened
 */
export function exchangeHeaders(exchange: Exchange, elapsedMs: number): Record<string, string> {
  const { trail } = exchange
  const headers: Record<string, string> = {
    'x-request-id': exchange.id,
    'request-id': exchange.id,
    'cache-control': 'no-store',
  }
  Object.assign(headers, trail.limitHeaders)
  if (trail.route !== undefined) headers[OWN_HEADERS.route] = headerText(trail.route)
  if (trail.steps.length > 0) headers[OWN_HEADERS.decision] = decisionIdOf(exchange.id)
  if (trail.served !== undefined) {
    if (trail.served.simulated) headers[OWN_HEADERS.simulated] = 'true'
    headers[OWN_HEADERS.provider] = headerText(trail.served.provider)
    headers[OWN_HEADERS.model] = headerText(trail.served.id)
  }
  const attempts = attemptsHeader(trail)
  if (attempts !== undefined) headers[OWN_HEADERS.attempts] = attempts
  if (trail.notices.length > 0) headers[OWN_HEADERS.notices] = formatNotices(trail.notices)
  const guarded = trail.guard === undefined ? undefined : formatFindings(trail.guard.findings)
  if (guarded !== undefined) headers[OWN_HEADERS.guardrails] = headerText(guarded)
  if (trail.cache !== undefined) addCacheHeaders(headers, trail.cache)
  const upstreamMs = trail.upstreamMs(exchange.startedElapsedMs + elapsedMs)
  const ownMs = Math.max(0, elapsedMs - upstreamMs)
  headers['server-timing'] = `upstream;dur=${upstreamMs.toFixed(1)}, gatehouse;dur=${ownMs.toFixed(1)}`
  return headers
}

function addCacheHeaders(headers: Record<string, string>, cache: CacheRecord): void {
  const { outcome, ageMs } = cache
  headers[CACHE_HEADER] = outcome === 'semantic' ? similarText(cache) : outcome
  // RFC 9111, 5.1: whole seconds since it was made.
  if (ageMs !== undefined) headers['age'] = String(Math.floor(ageMs / 1_000))
  // Nobody was asked.
  if (UNASKED.has(outcome)) headers[OWN_HEADERS.cost] = '0'
}

const UNASKED: ReadonlySet<CacheOutcome> = new Set(['hit', 'semantic', 'stale', 'coalesced'])

/** `semantic;sim=0.983;age=312`, the age in whole seconds. */
function similarText({ similarity = 0, ageMs = 0 }: CacheRecord): string {
  return `semantic;sim=${similarity.toFixed(3)};age=${Math.floor(ageMs / 1_000)}`
}

/** All attempts, the one that is still answering included: the head of a stream is sent before it is over. */
function attemptsHeader({ attempts, served, servedAttemptId }: Trail): string | undefined {
  let open = servedAttemptId === undefined ? undefined : served
  const shown: string[] = []
  for (const attempt of attempts) {
    if (attempt.id === servedAttemptId) open = undefined
    if (shown.length < MOST_ATTEMPTS_SHOWN) shown.push(headerText(attemptSummary(attempt)))
  }
  if (open !== undefined && shown.length < MOST_ATTEMPTS_SHOWN) shown.push(headerText(`${open.id}=open`))
  const count = attempts.length + (open === undefined ? 0 : 1)
  return count === 0 ? undefined : `${count}; ${shown.join(', ')}`
}

/** Adds what the exchange cost; known only when the response is over. */
export function addCostHeader(headers: Record<string, string>, { trail }: Exchange): void {
  if (!hasUsage(trail)) return
  const cost = trail.costNanoUsd()
  headers[OWN_HEADERS.cost] = cost === undefined ? 'unpriced' : formatUsd(cost)
}

function hasUsage({ attempts }: Trail): boolean {
  for (const attempt of attempts) if (attempt.usage !== undefined) return true
  return false
}

/** Header values are Latin-1 without controls; names come from config and clients. */
function headerText(text: string): string {
  return text.replaceAll(UNSHOWABLE, '?').slice(0, 300)
}
