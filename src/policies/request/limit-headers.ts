import type { RateCharge, RateVerdict } from '../../store/store.ts'

/** What is limited, in the words of the headers. */
export type LimitMetric = 'requests' | 'tokens'

/** A charge with what it is for. */
export interface MeteredCharge extends RateCharge {
  readonly scope: 'key' | 'project'
  readonly metric: LimitMetric
}

/**
 * Renders `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` from the counters that decided, each metric from its
 * tightest account. A metric without a limit has no headers. Resets are written as OpenAI does: `12s`.
 */
export function limitHeaders(
  charges: readonly MeteredCharge[],
  states: RateVerdict['states'],
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  const tightest: Partial<Record<LimitMetric, number>> = {}
  charges.forEach(({ metric, limit }, index) => {
    const state = states[index]
    if (state === undefined || state.remaining >= (tightest[metric] ?? Number.POSITIVE_INFINITY)) return
    tightest[metric] = state.remaining
    headers[`x-ratelimit-limit-${metric}`] = String(limit)
    headers[`x-ratelimit-remaining-${metric}`] = String(Math.max(0, Math.floor(state.remaining)))
    headers[`x-ratelimit-reset-${metric}`] = `${Math.ceil(state.resetMs / 1000)}s`
  })
  return headers
}
