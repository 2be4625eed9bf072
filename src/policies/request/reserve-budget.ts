import { watchEnding } from '../../exchange/ending.ts'
import type { Account, Exchange, Route } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Target } from '../../exchange/target.ts'
import type { NanoUsd } from '../../kit/money.ts'
import type { FeatureReader } from '../../routing/features.ts'
import { allowsTarget } from '../../routing/model-patterns.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { RequestPolicy } from '../policy.ts'
import { upperBound, type CostOf } from './upper-bound.ts'

/** Holds money and replaces what was held by what was spent. */
export interface Budgets {
  /**
   * Holds an amount in every budget of the accounts, or in none. Rejects with `budget-exceeded`, `request-exceeds-budget` or
   * `budget-reserved`.
   */
  reserve(id: string, accounts: readonly Account[], amountNanoUsd: NanoUsd): Promise<void>
  /** Replaces the hold by the actual amount; repeating it does nothing. */
  settle(id: string, actualNanoUsd: NanoUsd): Promise<void>
}

/** What reservation works with. */
export interface ReserveBudgetParts {
  readonly budgets: Budgets
  readonly costOf: CostOf
  readonly features: FeatureReader
  readonly telemetry: Telemetry
}

/**
 * Creates the layer that holds the most a request may cost in every budget of its caller before anything is sent, and replaces
 * it by the sum of what the attempts cost when the exchange is over for any reason. Callers without budgets pass through.
 * Rejects with the reasons of `Budgets.reserve`, and with `unpriced-model` when nothing that the route may use has a price and the
 * configuration refuses that.
 */
export function createReserveBudget(parts: ReserveBudgetParts): RequestPolicy {
  return (next) => async (exchange) => {
    const accounts = exchange.caller?.accounts ?? []
    if (!accounts.some(({ budgets }) => budgets.length > 0)) return next(exchange)
    const amountNanoUsd = amountFor(parts, exchange)
    await parts.budgets.reserve(exchange.id, accounts, amountNanoUsd)
    const settle = (): void => settleBudget(parts, exchange)
    try {
      const response = await next(exchange)
      return { ...response, source: watchEnding(response.source, settle) }
    } catch (thrown) {
      settle()
      throw thrown
    }
  }
}

function amountFor({ costOf, features }: ReserveBudgetParts, exchange: Exchange): NanoUsd {
  const { route, request } = exchange
  if (route === undefined) throw new Failure('internal', { cause: 'a budget was reserved without a route' })
  const targets = reachable(exchange, route)
  const priced = targets.filter(({ price }) => price !== undefined)
  if (route.unpriced === 'deny' && targets.length > 0 && priced.length === 0) {
    throw new Failure('unpriced-model', { param: 'model' })
  }
  return upperBound(features(request), priced, costOf)
}

/** The targets that the caller's key may reach by the route. */
function reachable({ caller, request, wishes }: Exchange, { name, targets, fallback }: Route): Target[] {
  const names = [request.model, name]
  const entries = wishes.noFallback === true ? targets : [...targets, ...fallback]
  return entries
    .map(({ target }) => target)
    .filter((target) => allowsTarget(caller?.models, names, target.id))
}

/**
 * In the background, since a hold that stands a moment longer can only refuse and never overspend. An unpriced attempt in the sum
 * counts as nothing: what is priced still has to be paid.
 */
function settleBudget({ budgets, telemetry }: ReserveBudgetParts, { id, trail }: Exchange): void {
  let spent = 0n
  for (const { costNanoUsd } of trail.attempts) spent += costNanoUsd ?? 0n
  budgets.settle(id, spent).catch((error: unknown) => {
    telemetry.log('error', 'a reservation could not be settled', { requestId: id, reason: String(error) })
  })
}
