import { attemptSummary, type Exchange } from '../exchange/exchange.ts'
import { formatNotices } from '../exchange/notice.ts'
import { formatUsd } from '../kit/money.ts'

/** Attempts named in one header; the decision record holds them all. */
const MOST_ATTEMPTS_SHOWN = 10

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
    ...trail.limitHeaders,
  }
  if (trail.route !== undefined) headers['x-gatehouse-route'] = headerText(trail.route)
  if (trail.decision !== undefined) headers['x-gatehouse-decision'] = trail.decision.id
  if (trail.served !== undefined) {
    if (trail.served.simulated) headers['x-gatehouse-simulated'] = 'true'
    headers['x-gatehouse-provider'] = headerText(trail.served.provider)
    headers['x-gatehouse-model'] = headerText(trail.served.id)
  }
  const attempts = attemptSummaries(exchange)
  if (attempts.length > 0) headers['x-gatehouse-attempts'] = attemptsHeader(attempts)
  if (trail.notices.length > 0) headers['x-gatehouse-notices'] = formatNotices(trail.notices)
  const ownMs = Math.max(0, elapsedMs - trail.upstreamMs)
  headers['server-timing'] = `upstream;dur=${trail.upstreamMs.toFixed(1)}, gatehouse;dur=${ownMs.toFixed(1)}`
  return headers
}

/** All attempts, the one that is still answering included: the head of a stream is sent before it is over. */
function attemptSummaries({ trail }: Exchange): string[] {
  const { attempts, served, servedAttemptId } = trail
  const summaries = attempts.map(attemptSummary)
  const isOpen = servedAttemptId !== undefined && attempts.every(({ id }) => id !== servedAttemptId)
  if (served !== undefined && isOpen) summaries.push(`${served.id}=open`)
  return summaries
}

function attemptsHeader(summaries: readonly string[]): string {
  return `${summaries.length}; ${summaries.slice(0, MOST_ATTEMPTS_SHOWN).map(headerText).join(', ')}`
}

/** What the exchange cost; known only when the response is over. */
export function costHeader({ trail }: Exchange): Record<string, string> {
  if (trail.attempts.every((attempt) => attempt.usage === undefined)) return {}
  const cost = trail.costNanoUsd()
  return { 'x-gatehouse-cost-usd': cost === undefined ? 'unpriced' : formatUsd(cost) }
}

/** Header values are Latin-1 without controls; names come from config and clients. */
function headerText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 300)
}
