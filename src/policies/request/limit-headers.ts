import type { LimitedRate } from '../../exchange/standing.ts'
import type { RateVerdict } from '../../store/store.ts'

/**
 * Renders `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` from the counters that decided, each metric from its
 * tightest account. A metric without a limit has no headers. Resets are written as OpenAI does: `12s`.
 */
export function limitHeaders(
  charges: readonly LimitedRate[],
  states: RateVerdict['states'],
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  let requestsLeft = Number.POSITIVE_INFINITY
  let tokensLeft = Number.POSITIVE_INFINITY
  let index = 0
  for (const { metric, limit } of charges) {
    const state = states[index]
    index += 1
    if (state === undefined) continue
    const { remaining } = state
    // The names are written out, since names that are put together for each request are hashed for each request.
    if (metric === 'requests' && remaining < requestsLeft) {
      requestsLeft = remaining
      headers['x-ratelimit-limit-requests'] = String(limit)
      headers['x-ratelimit-remaining-requests'] = wholeUnits(remaining)
      headers['x-ratelimit-reset-requests'] = wholeSeconds(state.resetMs)
    } else if (metric === 'tokens' && remaining < tokensLeft) {
      tokensLeft = remaining
      headers['x-ratelimit-limit-tokens'] = String(limit)
      headers['x-ratelimit-remaining-tokens'] = wholeUnits(remaining)
      headers['x-ratelimit-reset-tokens'] = wholeSeconds(state.resetMs)
    }
  }
  return headers
}

function wholeUnits(remaining: number): string {
  return String(Math.max(0, Math.floor(remaining)))
}

function wholeSeconds(resetMs: number): string {
  return `${Math.ceil(resetMs / 1000)}s`
}
