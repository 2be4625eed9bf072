import type { Ending } from '../../exchange/ending.ts'
import type { Account } from '../../exchange/caller.ts'
import { DEFAULT_OUTPUT_TOKENS } from '../../exchange/chat.ts'
import { requestFeatures, type Exchange } from '../../exchange/exchange.ts'
import type { Route, RouteTarget } from '../../exchange/route.ts'
import { Failure } from '../../exchange/failure.ts'
import { chatOf } from '../../exchange/operation.ts'
import type { Price, Target } from '../../exchange/target.ts'
import type { NanoUsd } from '../../kit/money.ts'
import { whenThere } from '../../kit/soon.ts'
import type { Budgets } from '../../ledger/budgets.ts'
import { allowsTarget } from '../../routing/model-patterns.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import { onTheWayIn, type RequestPolicy } from '../policy.ts'

/** The estimate of the input may be too low by this share, and by a few tokens of framing. */
const INPUT_MARGIN = 1.1
const INPUT_FRAMING_TOKENS = 16

/** The most that so many tokens can cost at a price, in nano-USD, however the provider counts them. */
export type UpperBound = (question: {
  readonly inputTokens: number
  readonly maxOutputTokens: number
  readonly price: Price
  readonly audio: boolean
  readonly cacheWrites: boolean
}) => NanoUsd

/** What reservation works with. */
export interface ReserveBudgetParts {
  readonly budgets: Pick<Budgets, 'reserve' | 'settle'>
  readonly upperBound: UpperBound
  readonly telemetry: Telemetry
}

/**
 * Creates the layer that holds the most a request may cost in every budget of its caller before anything is sent, and replaces
 * it by the sum of what the attempts cost when the exchange is over for any reason. Callers without budgets pass through.
 * Rejects with the reasons of `Budgets.reserve`, and with `unpriced-model` when nothing that the route may use has a price and the
 * configuration refuses that.
 */
export function createReserveBudget(parts: ReserveBudgetParts): RequestPolicy {
  return onTheWayIn((exchange) => {
    const accounts = exchange.caller?.accounts
    if (accounts === undefined || !hasBudget(accounts)) return exchange
    const reserved = parts.budgets.reserve(exchange.id, accounts, amountFor(parts, exchange))
    return whenThere(reserved, () => holding(parts, exchange))
  })
}

function hasBudget(accounts: readonly Account[]): boolean {
  for (const { budgets } of accounts) if (budgets.length > 0) return true
  return false
}

function holding(parts: ReserveBudgetParts, exchange: Exchange): Exchange {
  exchange.trail.atEnd(new Reservation(parts, exchange))
  return exchange
}

/** The money that is held for one exchange. */
class Reservation implements Ending {
  readonly #parts: ReserveBudgetParts
  readonly #exchange: Exchange

  constructor(parts: ReserveBudgetParts, exchange: Exchange) {
    this.#parts = parts
    this.#exchange = exchange
  }

  /**
   * Settles in the background, since a hold that stands a moment longer can only refuse and never overspend. An unpriced
   * attempt in the sum counts as nothing: what is priced still has to be paid.
   */
  ended(): void {
    const { budgets, telemetry } = this.#parts
    const { id, trail } = this.#exchange
    let spent = 0n
    for (const { costNanoUsd } of trail.attempts) if (costNanoUsd !== undefined) spent += costNanoUsd
    const settled = budgets.settle(id, spent)
    if (!(settled instanceof Promise)) return
    settled.catch((error: unknown) => {
      telemetry.log('error', 'a reservation could not be settled', { requestId: id, reason: String(error) })
    })
  }
}

/**
 * The dearest that the answer may come to at any target that has a price, and the input once more for each attempt that may
 * fail before it: providers charge for what they read, and an attempt that failed after content is the answer. Counting
 * tokens costs nothing, whatever is counted.
 */
function amountFor({ upperBound }: ReserveBudgetParts, exchange: Exchange): NanoUsd {
  const { route } = exchange
  if (route === undefined) throw new Failure('internal', { cause: 'a budget was reserved without a route' })
  if (exchange.request.operation === 'count-tokens') return 0n
  const targets = reachable(exchange, route)
  const wanted = requestFeatures(exchange)
  const { audio, cacheWrites } = wanted
  const inputTokens = Math.ceil(wanted.inputTokens * INPUT_MARGIN) + INPUT_FRAMING_TOKENS
  // With one target there is no attempt before the answer, and nothing to add for its reading.
  const isOnly = targets.length === 1
  let most: NanoUsd | undefined
  const readings: NanoUsd[] = []
  for (const { target } of targets) {
    const { price } = target
    if (price === undefined) continue
    const maxOutputTokens = mostOutput(exchange, target)
    const amount = upperBound({ inputTokens, maxOutputTokens, price, audio, cacheWrites })
    if (most === undefined || amount > most) most = amount
    if (isOnly) continue
    readings.push(upperBound({ inputTokens, maxOutputTokens: 0, price, audio, cacheWrites }))
  }
  if (most === undefined && route.unpriced === 'deny' && targets.length > 0) {
    throw new Failure('unpriced-model', { param: 'model' })
  }
  if (isOnly) return most ?? 0n
  return (most ?? 0n) + sumOfDearest(readings, attemptsBeforeAnswer(exchange, route))
}

/** A target is charged once at most before the next one is asked: what is tried again there was not charged. */
function attemptsBeforeAnswer({ wishes }: Exchange, { maxAttempts }: Route): number {
  return wishes.noFallback === true ? 0 : maxAttempts - 1
}

/** The dearest `count` of the amounts; one of them belongs to the target that answers. */
function sumOfDearest(amounts: readonly NanoUsd[], count: number): NanoUsd {
  if (amounts.length < 2) return 0n
  const descending = amounts.toSorted((left, right) => (left < right ? 1 : left > right ? -1 : 0))
  return descending.slice(0, Math.min(count, amounts.length - 1)).reduce((sum, amount) => sum + amount, 0n)
}

/** The limit that the client names, else the model's own, else what takes its place, with room for reasoning that was asked for. */
function mostOutput(exchange: Exchange, { capabilities }: Target): number {
  const { maxOutputTokens, choices } = requestFeatures(exchange)
  if (maxOutputTokens !== undefined) return maxOutputTokens * choices
  const reasoningTokens = chatOf(exchange.request).reasoning?.budgetTokens ?? 0
  return (capabilities.maxOutputTokens ?? DEFAULT_OUTPUT_TOKENS + reasoningTokens) * choices
}

/** The targets that the caller's key may reach by the route. */
function reachable({ caller, request, wishes }: Exchange, route: Route): readonly RouteTarget[] {
  const { name, targets, fallback } = route
  const entries = wishes.noFallback === true || fallback.length === 0 ? targets : [...targets, ...fallback]
  const models = caller?.models
  if (models === undefined) return entries
  const names = [request.model, name]
  return entries.filter(({ target }) => allowsTarget(models, names, target.id))
}
