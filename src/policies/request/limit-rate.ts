import { watchResponse } from '../../exchange/ending.ts'
import type { Account, Exchange, Trail } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import { totalInput, totalOutput } from '../../exchange/usage.ts'
import type { Clock } from '../../kit/clock.ts'
import type { FeatureReader } from '../../routing/features.ts'
import type { CounterStore, RateVerdict } from '../../store/store.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { RequestPolicy } from '../policy.ts'
import { createLimitReader, WINDOW_MS, type LimitedPlace } from './account-limits.ts'
import { limitHeaders, type MeteredCharge } from './limit-headers.ts'

/** A place outlives its exchange's deadline by this much before it is taken back from a lost owner. */
const PLACE_GRACE_MS = 120_000
/** Nobody knows when a running request ends; this is when asking again is reasonable. */
const PLACE_RETRY_MS = 1_000

const NOBODY: readonly Account[] = []

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
  const { counters, clock } = parts
  const limitsOf = createLimitReader()
  return (next) => async (exchange) => {
    const { places, rates } = limitsOf(exchange.caller?.accounts ?? NOBODY)
    const isPlaced = places.length > 0
    if (!isPlaced && rates.length === 0) return next(exchange)
    const nowMs = clock.nowMs()
    if (isPlaced) {
      const untilMs = exchange.deadlineAtMs + PLACE_GRACE_MS
      const fullAt = await counters.enter(exchange.id, places, untilMs, nowMs)
      if (fullAt !== undefined) throw placesTaken(places[fullAt])
    }
    let taken: readonly MeteredCharge[] = []
    try {
      if (rates.length > 0) {
        const charges = chargesOf(parts, exchange, rates)
        admit(exchange, { charges, verdict: await counters.takeRate(charges, nowMs), nowMs })
        taken = charges
      }
      const response = await next(exchange)
      return watchResponse(response, () => giveBack(parts, exchange, { taken, isPlaced, isRefused: false }))
    } catch (thrown) {
      giveBack(parts, exchange, { taken, isPlaced, isRefused: exchange.trail.attempts.length === 0 })
      throw thrown
    }
  }
}

function placesTaken(full: LimitedPlace | undefined): Failure {
  if (full === undefined) return new Failure('rate-limited', { retryAfterMs: PLACE_RETRY_MS })
  const { scope, limit } = full
  return new Failure('rate-limited', {
    message: `The ${scope} already has ${limit} requests under way, which is its limit. Wait for one to end.`,
    retryAfterMs: PLACE_RETRY_MS,
    facts: { scope, metric: 'concurrency', limit, window: null, resets_at: null },
  })
}

function chargesOf(
  { features }: LimitRateParts,
  { request }: Exchange,
  rates: readonly MeteredCharge[],
): readonly MeteredCharge[] {
  return rates.map((rate) =>
    rate.metric === 'tokens' ? { ...rate, units: features(request).inputTokens } : rate,
  )
}

interface Taking {
  readonly charges: readonly MeteredCharge[]
  readonly verdict: RateVerdict
  readonly nowMs: number
}

/** Tells the client where it stands, and throws when it asked for too much. */
function admit(exchange: Exchange, { charges, verdict, nowMs }: Taking): void {
  const headers = limitHeaders(charges, verdict.states)
  if (verdict.admitted) {
    exchange.trail.limitHeaders = headers
    return
  }
  const retryAfterMs = verdict.retryAfterMs ?? WINDOW_MS
  throw refusal(charges[verdict.refusedBy ?? 0], { headers, retryAfterMs, nowMs })
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
  readonly taken: readonly MeteredCharge[]
  readonly isPlaced: boolean
  /** True when nothing was sent, so that the request itself is given back as well. */
  readonly isRefused: boolean
}

/** Leaves the place and gives back what was charged and not used. In the background: the client need not wait for it. */
function giveBack(
  { counters, clock, telemetry }: LimitRateParts,
  { id, trail }: Exchange,
  { taken, isPlaced, isRefused }: Returning,
): void {
  const report = (error: unknown): void =>
    telemetry.log('warn', 'a limit could not be given back', { requestId: id, reason: String(error) })
  if (isPlaced) counters.leave(id).catch(report)
  const used = tokensUsed(trail)
  const differences: MeteredCharge[] = []
  for (const charge of taken) {
    if (charge.metric === 'tokens') differences.push({ ...charge, units: charge.units - used })
    else if (isRefused) differences.push(charge)
  }
  if (differences.length > 0) counters.adjustRate(differences, clock.nowMs()).catch(report)
}

function tokensUsed({ attempts }: Trail): number {
  let sum = 0
  for (const { usage } of attempts) {
    if (usage !== undefined) sum += totalInput(usage) + totalOutput(usage)
  }
  return sum
}
