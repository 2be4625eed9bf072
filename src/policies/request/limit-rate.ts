import { watchEnding } from '../../exchange/ending.ts'
import type { Account, Exchange, Trail } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import { totalInput, totalOutput } from '../../exchange/usage.ts'
import type { Clock } from '../../kit/clock.ts'
import type { FeatureReader } from '../../routing/features.ts'
import type { CounterStore } from '../../store/store.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { RequestPolicy } from '../policy.ts'
import { limitHeaders, type MeteredCharge } from './limit-headers.ts'

const WINDOW_MS = 60_000
/** A place outlives its exchange's deadline by this much before it is taken back from a lost owner. */
const PLACE_GRACE_MS = 120_000
/** Nobody knows when a running request ends; this is when asking again is reasonable. */
const PLACE_RETRY_MS = 1_000

/** What rate limiting works with. */
export interface LimitRateParts {
  readonly counters: CounterStore
  readonly features: FeatureReader
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/**
 * Creates the layer that holds a caller's accounts to their requests per minute, tokens per minute and requests at a time.
 * Tokens are taken by the estimate of the input and corrected by what was used; places are given back however the exchange
 * ends. A refused request consumes nothing, whoever refuses it: what fails before anything was sent is given back whole.
 * Rejects with `rate-limited`.
 */
export function createLimitRate(parts: LimitRateParts): RequestPolicy {
  return (next) => async (exchange) => {
    const accounts = exchange.caller?.accounts ?? []
    if (!accounts.some(hasLimits)) return next(exchange)
    const isPlaced = await enter(parts, exchange, accounts)
    const charges = chargesOf(parts, exchange, accounts)
    if (charges.length > 0) await take(parts, exchange, { charges, isPlaced })
    const tokenCharges = charges.filter(({ metric }) => metric === 'tokens')
    try {
      const response = await next(exchange)
      if (!isPlaced && tokenCharges.length === 0) return response
      const finish = (): void => giveBack(parts, exchange, { charges: tokenCharges, isPlaced })
      return { ...response, source: watchEnding(response.source, finish) }
    } catch (thrown) {
      const isRefused = exchange.trail.attempts.length === 0
      giveBack(parts, exchange, { charges: isRefused ? charges : tokenCharges, isPlaced })
      throw thrown
    }
  }
}

function hasLimits({ limits }: Account): boolean {
  return (
    limits.requestsPerMinute !== undefined ||
    limits.tokensPerMinute !== undefined ||
    limits.parallelRequests !== undefined
  )
}

/** Takes a place at every account that limits requests at a time; false when none does. */
async function enter(
  { counters, clock }: LimitRateParts,
  exchange: Exchange,
  accounts: readonly Account[],
): Promise<boolean> {
  const limited: { scope: string; account: string; limit: number }[] = []
  for (const { scope, id, limits } of accounts) {
    if (limits.parallelRequests === undefined) continue
    limited.push({ scope, account: `${scope}:${id}:parallel`, limit: limits.parallelRequests })
  }
  if (limited.length === 0) return false
  const fullAt = await counters.enter(
    exchange.id,
    limited,
    exchange.deadlineAtMs + PLACE_GRACE_MS,
    clock.nowMs(),
  )
  const full = fullAt === undefined ? undefined : limited[fullAt]
  if (full === undefined) return true
  throw new Failure('rate-limited', {
    message: `The ${full.scope} already has ${full.limit} requests under way, which is its limit. Wait for one to end.`,
    retryAfterMs: PLACE_RETRY_MS,
    facts: { scope: full.scope, metric: 'concurrency', limit: full.limit, window: null, resets_at: null },
  })
}

function chargesOf(
  { features }: LimitRateParts,
  { request }: Exchange,
  accounts: readonly Account[],
): MeteredCharge[] {
  const charges: MeteredCharge[] = []
  for (const { scope, id, limits } of accounts) {
    const { requestsPerMinute, tokensPerMinute } = limits
    const shared = { scope, windowMs: WINDOW_MS }
    if (requestsPerMinute !== undefined) {
      const account = `${scope}:${id}:requests`
      charges.push({ ...shared, account, metric: 'requests', limit: requestsPerMinute, units: 1 })
    }
    if (tokensPerMinute !== undefined) {
      const account = `${scope}:${id}:tokens`
      const units = features(request).inputTokens
      charges.push({ ...shared, account, metric: 'tokens', limit: tokensPerMinute, units })
    }
  }
  return charges
}

interface Taking {
  readonly charges: readonly MeteredCharge[]
  readonly isPlaced: boolean
}

/** Takes from every window or from none; on refusal the place is given back as well. */
async function take(parts: LimitRateParts, exchange: Exchange, { charges, isPlaced }: Taking): Promise<void> {
  const { counters, clock } = parts
  const nowMs = clock.nowMs()
  try {
    const verdict = await counters.takeRate(charges, nowMs)
    const headers = limitHeaders(charges, verdict.states)
    if (verdict.admitted) {
      exchange.trail.limitHeaders = headers
      return
    }
    const retryAfterMs = verdict.retryAfterMs ?? WINDOW_MS
    throw refusal(charges[verdict.refusedBy ?? 0], { headers, retryAfterMs, nowMs })
  } catch (thrown) {
    if (isPlaced) giveBack(parts, exchange, { charges: [], isPlaced })
    throw thrown
  }
}

interface RefusalFacts {
  readonly headers: Readonly<Record<string, string>>
  readonly retryAfterMs: number
  readonly nowMs: number
}

function refusal(charge: MeteredCharge | undefined, { headers, retryAfterMs, nowMs }: RefusalFacts): Failure {
  if (charge === undefined) return new Failure('rate-limited', { headers, retryAfterMs })
  const { scope, metric, limit } = charge
  return new Failure('rate-limited', {
    message: `The ${scope}'s limit of ${limit} ${metric} per minute is reached. Wait and try again.`,
    retryAfterMs,
    headers,
    facts: { scope, metric, limit, window: '1m', resets_at: new Date(nowMs + retryAfterMs).toISOString() },
  })
}

interface Returning {
  readonly charges: readonly MeteredCharge[]
  readonly isPlaced: boolean
}

/** Leaves the place and gives back what was charged and not used. In the background: the client need not wait for it. */
function giveBack(
  { counters, clock, telemetry }: LimitRateParts,
  { id, trail }: Exchange,
  { charges, isPlaced }: Returning,
): void {
  const report = (error: unknown): void =>
    telemetry.log('warn', 'a limit could not be given back', { requestId: id, reason: String(error) })
  if (isPlaced) counters.leave(id).catch(report)
  if (charges.length === 0) return
  const used = tokensUsed(trail)
  const differences = charges.map((charge) => ({ ...charge, units: charge.units - used }))
  counters.adjustRate(differences, clock.nowMs()).catch(report)
}

function tokensUsed({ attempts }: Trail): number {
  let sum = 0
  for (const { usage } of attempts) {
    if (usage !== undefined) sum += totalInput(usage) + totalOutput(usage)
  }
  return sum
}
