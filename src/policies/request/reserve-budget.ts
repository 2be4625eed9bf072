import type { EndListener } from '../../exchange/watcher.ts'
import { tierRequest, type Exchange } from '../../exchange/exchange.ts'
import { operationOf } from '../../exchange/operations/all.ts'
import { unpricedAt, type TierRequest, type Target } from '../../exchange/target.ts'
import { allowsUnpriced, entriesOf, type Route, type RouteTarget } from '../../exchange/route.ts'
import { requestFields } from '../../exchange/trace-context.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import type { Reservation } from '../../exchange/reservation.ts'
import type { NanoUsd } from '../../kit/money.ts'
import { andThen, type MaybePromise } from '../../kit/maybe-promise.ts'
import type { Budgets } from '../../ledger/budgets.ts'
import { allowsTarget } from '../../routing/model-patterns.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import { mostCost, mostCostWith, type UpperBound } from '../most-cost.ts'
import type { Admission } from '../policy.ts'
import { inBackground } from './in-background.ts'

/** What reservation works with. */
interface ReserveBudgetParts {
  readonly budgets: Pick<Budgets, 'reserve' | 'settle'>
  readonly upperBound: UpperBound
  readonly telemetry: Telemetry
}

/**
 * Creates the admission that holds the most a request may cost in every budget of its caller before anything is sent, and replaces
 * it by the sum of what the attempts cost when the exchange is over for any reason. Callers without budgets pass through.
 * Rejects with the reasons of `Budgets.reserve`, and with `unpriced-model` when nothing that the route may use has a price, unless the
 * configuration allows that to those who have a budget too.
 */
export function createReserveBudget(parts: ReserveBudgetParts): Admission {
  return (exchange) => {
    const { budgetPeriods } = exchange.caller
    // Who asks no model spends nothing, and is not kept from what was paid for already.
    if (budgetPeriods.isEmpty || operationOf(exchange.request).recall !== undefined) return exchange
    const amount = reservedFor(exchange, parts.upperBound)
    const reserved = parts.budgets.reserve(exchange.id, budgetPeriods, amount)
    return andThen(reserved, settleAtEnd, new HeldMoney(parts, exchange, amount))
  }
}

const settleAtEnd = (_: void, held: HeldMoney): Exchange => held.settleAtEnd()

/** The money that is held for one exchange. */
class HeldMoney implements Reservation, EndListener {
  readonly #parts: ReserveBudgetParts
  readonly #exchange: Exchange
  #heldNanoUsd: NanoUsd

  constructor(parts: ReserveBudgetParts, exchange: Exchange, heldNanoUsd: NanoUsd) {
    this.#parts = parts
    this.#exchange = exchange
    this.#heldNanoUsd = heldNanoUsd
  }

  settleAtEnd(): Exchange {
    const { trail } = this.#exchange
    trail.reservation = this
    trail.onEnd(this)
    return this.#exchange
  }

  raise(toNanoUsd: NanoUsd): MaybePromise<boolean> {
    if (toNanoUsd <= this.#heldNanoUsd) return true
    const { id, caller } = this.#exchange
    try {
      const reserved = this.#parts.budgets.reserve(id, caller.budgetPeriods, toNanoUsd)
      if (!(reserved instanceof Promise)) return this.#raised(toNanoUsd)
      return reserved.then(
        () => this.#raised(toNanoUsd),
        (thrown) => this.#notRaised(thrown),
      )
    } catch (thrown) {
      return this.#notRaised(thrown)
    }
  }

  #raised(toNanoUsd: NanoUsd): true {
    this.#heldNanoUsd = toNanoUsd
    return true
  }

  #notRaised(thrown: unknown): false {
    if (toFailure(thrown).row.source !== 'client') {
      const fields = { ...requestFields(this.#exchange), reason: String(thrown) }
      this.#parts.telemetry.log('error', 'a reservation could not be raised', fields)
    }
    return false
  }

  /** Settles in the background, since a hold that stands a moment longer can only refuse and never overspend. */
  onEnd(): void {
    const { id, trail } = this.#exchange
    const { budgets, telemetry } = this.#parts
    const settled = budgets.settle(id, trail.chargedNanoUsd())
    const message = 'a reservation could not be settled'
    inBackground(settled, { telemetry, level: 'error', message, exchange: this.#exchange })
  }
}

/**
 * The dearest that the answer may come to at any target that has a price, and the input once more for each attempt that may
 * fail before it, since providers charge for what they read. Most attempts that fail have written nothing; for one that has,
 * more is held before the next is begun. Counting tokens costs nothing, whatever is counted. In nano-USD.
 *
 * @throws Failure `unpriced-model` where nothing that may be asked has a price
 */
export function reservedFor(exchange: Exchange, upperBound: UpperBound): NanoUsd {
  const { route } = exchange
  if (route === undefined) throw new Failure('internal', { cause: 'a budget was reserved without a route' })
  if (operationOf(exchange.request).charge === 'nothing') return 0n
  const targets = payable(exchange, route)
  // With one target there is no attempt before the answer, and nothing to add for its reading.
  const isOnly = targets.length === 1
  let most = 0n
  const readings: NanoUsd[] = []
  for (const { target } of targets) {
    const amount = mostCost(upperBound, exchange, target) ?? 0n
    if (amount > most) most = amount
    if (!isOnly) readings.push(mostCostWith(upperBound, { exchange, target }, 0) ?? 0n)
  }
  return isOnly ? most : most + sumOfDearest(readings, attemptsBeforeAnswer(exchange, route))
}

/** The targets that may be asked: without those whose price is not known, unless that is allowed to who has a budget. */
function payable(exchange: Exchange, route: Route): readonly RouteTarget[] {
  const targets = reachable(exchange, route)
  if (allowsUnpriced(route, true)) return targets
  return pricedOf(targets, tierRequest(exchange))
}

function pricedOf(targets: readonly RouteTarget[], tier: TierRequest | undefined): readonly RouteTarget[] {
  const isPriced = ({ target }: RouteTarget): boolean => unpricedAt(target, tier) === undefined
  if (targets.every(isPriced)) return targets
  const priced = targets.filter(isPriced)
  const [first] = targets
  if (priced.length > 0 || first === undefined) return priced
  throw withoutPrice(first.target, tier)
}

function withoutPrice(target: Target, tier: TierRequest | undefined): Failure {
  const { id, price } = target
  const place = price === undefined ? `models."${id}".price` : `models."${id}".price.service_tiers`
  const remedy = `State it (${place}), or write "unpriced: allow" in the route or under "pricing".`
  return new Failure('unpriced-model', {
    message: `No budget can hold what has no known price: ${unpricedAt(target, tier)} of "${id}". ${remedy}`,
    param: price === undefined ? 'model' : 'service_tier',
  })
}

/** A target is charged once at most before the next one is asked: what is tried again there was not charged. */
function attemptsBeforeAnswer({ requestOptions }: Exchange, { maxAttempts }: Route): number {
  return requestOptions.noFallback === true ? 0 : maxAttempts - 1
}

/** The dearest `count` of the amounts; one of them belongs to the target that answers. */
function sumOfDearest(amounts: readonly NanoUsd[], count: number): NanoUsd {
  if (amounts.length < 2) return 0n
  const descending = amounts.toSorted((left, right) => (left < right ? 1 : left > right ? -1 : 0))
  return descending.slice(0, Math.min(count, amounts.length - 1)).reduce((sum, amount) => sum + amount, 0n)
}

/** The targets that the caller's key may reach by the route. */
function reachable({ caller, request, requestOptions }: Exchange, route: Route): readonly RouteTarget[] {
  const { name, targets } = route
  // Who may be asked is one of the targets, unless the request wishes otherwise: then the first may be a fallback.
  const isFirst = requestOptions.noFallback === true && requestOptions.prefer === undefined
  const entries = isFirst ? targets : entriesOf(route)
  const models = caller?.models
  return models === undefined ? entries : allowedOf(entries, models, [request.model, name])
}

function allowedOf(
  entries: readonly RouteTarget[],
  models: readonly string[],
  names: readonly string[],
): readonly RouteTarget[] {
  return entries.filter(({ target }) => allowsTarget(models, names, target.id))
}
