import type { LimitCount, LimitHeaders, LimitLeft } from '../exchange/provider-limit.ts'
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import { parseResetDelay } from '../kit/retry-after.ts'

/** No limit is counted over more than a month: what is said to be later is misread, or said by a clock that is wrong. */
const LONGEST_RESET_MS = 31 * 86_400_000

/** As OpenAI tells its limits, and many that are compatible with it. */
export const USUAL_LIMITS: readonly LimitHeaders[] = (['requests', 'tokens'] as const).map((counts) => ({
  counts,
  limit: `x-ratelimit-limit-${counts}`,
  left: `x-ratelimit-remaining-${counts}`,
  reset: `x-ratelimit-reset-${counts}`,
}))

/** Limits whose headers begin with a word of the company's own. */
export function ownLimits(
  prefix: string,
  names: Readonly<Record<string, LimitCount>>,
): readonly LimitHeaders[] {
  return Object.entries(names).map(([name, counts]) => ({
    counts,
    limit: `${prefix}-${name}-limit`,
    left: `${prefix}-${name}-remaining`,
    reset: `${prefix}-${name}-reset`,
  }))
}

/** What an answer says is left of the provider's limits; undefined where it says nothing that can be read. */
export function readLimits(
  headers: Headers,
  names: readonly LimitHeaders[],
  clock: Pick<Clock, 'nowMs'>,
): readonly LimitLeft[] | undefined {
  let read: LimitLeft[] | undefined
  for (const name of names) {
    const left = numberIn(headers.get(name.left))
    const limit = left === undefined ? undefined : numberIn(headers.get(name.limit))
    if (left === undefined || limit === undefined || limit <= 0) continue
    const reset = headers.get(name.reset)
    const resetMs = reset === null ? undefined : believable(parseResetDelay(reset, clock.nowMs()))
    read ??= []
    read.push({ counts: name.counts, limit, left: Math.min(left, limit), ...defined({ resetMs }) })
  }
  return read
}

/** What is too late to be true says nothing: who is told that nothing comes back for years would never be asked again. */
function believable(resetMs: number | undefined): number | undefined {
  return resetMs !== undefined && resetMs > LONGEST_RESET_MS ? undefined : resetMs
}

/** Headers come from elsewhere: nothing but a plain number ≥ 0 is one. */
function numberIn(text: string | null): number | undefined {
  if (text === null || !/^\d{1,15}$/.test(text)) return undefined
  return Number(text)
}
