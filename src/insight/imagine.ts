import { shadowPrice, type BudgetUse } from '../exchange/budget-use.ts'
import type { Caller } from '../exchange/caller.ts'
import { requestFeatures, tierRequest, type Exchange } from '../exchange/exchange.ts'
import { factsOf } from '../exchange/facts-of.ts'
import { featuresOf, type Operation } from '../exchange/operations/all.ts'
import type { RequestFeatures } from '../exchange/features.ts'
import { Trail } from '../exchange/trail.ts'
import type { Inbound } from '../gateway/gateway.ts'
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import { affinityOf } from '../policies/dispatch/affinity-of.ts'
import { wishesOf } from '../policies/dispatch/dispatch.ts'
import type { UpperBound } from '../policies/most-cost.ts'
import type { WarmPlaces } from '../routing/warm-places.ts'
import type { Decide, Imagined } from './decide-again.ts'
import { withFact } from './vary.ts'

/** What a decision is made from beside what the client says. */
export interface Surroundings extends Pick<Imagined, 'id' | 'rests' | 'load' | 'shareOf'> {
  readonly caller: Caller
  /** How far the budgets of the caller are used; absent: nothing of them is. */
  readonly budgetUses?: readonly BudgetUse[]
  /** Where conversations are cached; absent: nowhere. */
  readonly warm?: WarmPlaces
  readonly upperBound: UpperBound
  readonly clock: Clock
  readonly madeUp?: MadeUp
}

/** What is made up about a request, in the place of what its body says. */
export interface MadeUp {
  readonly operation?: Operation
  readonly features: Partial<RequestFeatures>
}

/** A request as it is decided on, were it to come now: what is read of an exchange is read of one that never leaves this function. */
export function imagine(inbound: Inbound, around: Surroundings, decide: Decide): Imagined {
  const exchange = toExchange(inbound, around)
  const { request, requestOptions } = exchange
  const { id, caller, budgetUses, rests, load, shareOf, upperBound } = around
  const user = 'user' in request ? request.user : undefined
  const imagined: Imagined = {
    id,
    caller,
    request: { operation: request.operation, model: request.model, user },
    requestOptions,
    features: requestFeatures(exchange),
    facts: factsOf(exchange),
    service: tierRequest(exchange),
    rests,
    load,
    shareOf,
    shadowPrice: budgetUses && shadowPrice(budgetUses),
    wishes: wishesOf(exchange, upperBound),
  }
  const { operation } = around.madeUp ?? {}
  const asked = operation === undefined ? imagined : withFact(imagined, 'request.operation', operation)
  // What keeps it near others is for the way to say that it takes.
  const { route } = decide(asked)
  const kept = route && affinityOf({ ...exchange, route }, around)
  return { ...asked, kept }
}

/** The exchange that a request would be, of which nobody is told. */
export function toExchange(inbound: Inbound, around: Surroundings): Exchange {
  const { dialect, request, envelope, requestOptions, signal } = inbound
  const { id, caller, clock, budgetUses, madeUp } = around
  const trail = new Trail()
  trail.features = { ...featuresOf(request), ...madeUp?.features }
  trail.featuresOf = request
  return {
    id,
    dialect,
    request,
    envelope,
    requestOptions,
    signal,
    caller,
    startedAtMs: clock.nowMs(),
    startedElapsedMs: clock.elapsedMs(),
    deadlineAtMs: Number.POSITIVE_INFINITY,
    trail,
    planVersion: '',
    ...defined({ budgetUses }),
  }
}
