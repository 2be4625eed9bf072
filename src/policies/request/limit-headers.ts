import type { RateCharge, RateVerdict } from '../../store/store.ts'

/** What is limited, in the words of the headers. */
export type LimitMetric = 'requests' | 'tokens'

/** A charge with what it is for. */
export interface MeteredCharge extends RateCharge {
  readonly scope: 'key' | 'project'
  readonly metric: LimitMetric
}

/** Written out, since names that are put together for each request are hashed for each request. */
const NAMES = {
  requests: {
    limit: 'x-ratelimit-limit-requests',
    remaining: 'x-ratelimit-remaining-requests',
    reset: 'x-ratelimit-reset-requests',
  },
  tokens: {
    limit: 'x-ratelimit-limit-tokens',
    remaining: 'x-ratelimit-remaining-tokens',
    reset: 'x-ratelimit-reset-tokens',
  },
} as const satisfies Record<LimitMetric, object>

/**
 * Renders `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` from the counters that decided, each metric from its
 * tightest account. A metric without a limit has no headers. Resets are written as OpenAI does: `12s`.
 */
export function limitHeaders(
  charges: readonly MeteredCharge[],
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
    const { remaining, resetMs } = state
    if (remaining >= (metric === 'requests' ? requestsLeft : tokensLeft)) continue
    if (metric === 'requests') requestsLeft = remaining
    else tokensLeft = remaining
    const names = NAMES[metric]
    headers[names.limit] = String(limit)
    headers[names.remaining] = String(Math.max(0, Math.floor(remaining)))
    headers[names.reset] = `${Math.ceil(resetMs / 1000)}s`
  }
  return headers
}
