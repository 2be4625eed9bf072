import type { Affinity } from '../exchange/affinity.ts'
import { callerId, type Caller } from '../exchange/caller.ts'
import type { FactValues } from '../exchange/condition.ts'
import { joinConstraints, type Constraint } from '../exchange/constraint.ts'
import { flagsIn } from '../exchange/facts.ts'
import { restrictionsOf } from '../guardrails/guardrail.ts'
import type { DecisionStep } from '../exchange/decision.ts'
import { toFailure, type Failure } from '../exchange/failure.ts'
import type { RequestFeatures } from '../exchange/features.ts'
import { NO_LOADS, type LoadView } from '../exchange/load-view.ts'
import { operationOf, type Operation } from '../exchange/operations/all.ts'
import type { RequestOptions } from '../exchange/request-options.ts'
import { NO_RESTS, type RestView } from '../exchange/rest-view.ts'
import type { Route } from '../exchange/route.ts'
import type { CanaryTerms } from '../exchange/split.ts'
import type { TierRequest } from '../exchange/target.ts'
import { assign, noArm } from '../experiments/assignment.ts'
import { armsOfCanary } from '../experiments/route-of-arm.ts'
import type { Plan } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import type { NanoUsd } from '../kit/money.ts'
import { randomOf } from '../kit/random.ts'
import { hashNamed } from '../policies/dispatch/affinity-of.ts'
import { explainEmpty } from '../policies/dispatch/final-failure.ts'
import { checkPreferences, wishedConstraints } from '../policies/request/heed-wishes.ts'
import { takeRoute } from '../policies/request/match-route.ts'
import { checkPermissions, mayUse, permittedRoute, type PermitParts } from '../policies/request/permit.ts'
import { checkRefusal, takeWay } from '../policies/request/pick-step.ts'
import type { Candidate, ChoiceQuestion } from '../routing/choice.ts'
import { createChooser, type Choose } from '../routing/choose.ts'
import { allowsTarget } from '../routing/model-patterns.ts'
import type { Refusal } from '../routing/refuse-by-facts.ts'
import type { RoutePasts } from '../routing/route-pasts.ts'
import { costOf } from '../routing/strategies/cheapest.ts'
import { middleOf, outputTokens, withLoads } from '../routing/strategies/expectation.ts'
import { placesOf, type Wishes } from '../routing/wishes.ts'

/**
 * What bears on the decision of a request, whether it was made, recorded or made up. Its members are those of an exchange where there are
 * such, so that whatever reads them of an exchange reads them of this as well.
 */
export interface Imagined {
  /** Of the request: chance follows from it. */
  readonly id: string
  readonly caller: Caller
  readonly request: {
    readonly operation: Operation
    /** The model name as the client writes it. */
    readonly model: string
    readonly user?: string | undefined
  }
  readonly requestOptions: RequestOptions
  readonly features: RequestFeatures
  /** What conditions can ask for. */
  readonly facts: FactValues
  /** What holds beside the constraints of key and route, such as those of the exchange that it is asked for. */
  readonly only?: readonly Constraint[] | undefined
  /** Absent: nobody rests. */
  readonly rests?: RestView | undefined
  /** Absent: nobody has measured anything. */
  readonly load?: LoadView | undefined
  readonly service?: TierRequest | undefined
  readonly shadowPrice?: number | undefined
  /** What kept it near others, or would, besides its session; absent: nothing. */
  readonly kept?: Affinity | undefined
  /** What is wished of the cost and the time of targets, one by one. */
  readonly wishes?: Wishes | undefined
  /** Targets that are known not to be for it, by their ids. */
  readonly barred?: ReadonlyMap<string, Refusal> | undefined
  /** Buckets of a canary; absent: those with which it begins. */
  readonly shareOf?: ((canary: CanaryTerms<Route>) => number) | undefined
}

/** How a request is decided on. */
export interface Decided {
  /** Alias, condition, split, filter and rank, as records hold them, as far as it came. */
  readonly steps: readonly DecisionStep[]
  /** Whom it would be sent to, in the order of trying; empty where nobody is asked. */
  readonly candidates: readonly Candidate[]
  /** Why nobody is asked. */
  readonly failure?: Failure
  /** The route as it is taken, or the step or the arm of it; absent where there is none. */
  readonly route?: Route
  /** What every target had to fulfil. */
  readonly only?: readonly Constraint[] | undefined
  /** What the choice was made from; absent where it did not come to one. */
  readonly question?: DecidedQuestion
}

/** A question, with what is charged for what is asked. */
interface DecidedQuestion extends ChoiceQuestion {
  readonly operation: ChoiceQuestion['operation'] & { readonly charge: 'usage' | 'nothing' }
}

/** Decides on a request. Pure: equal requests are decided on alike. */
export type Decide = (imagined: Imagined) => Decided

/**
 * Creates what decides on requests under a plan, without asking anybody: the same way that they go through admissions and choice, and by
 * the same functions. Nothing is held, limited or counted.
 *
 * @param pasts what routes chose before, where one request after the other is decided on; it is taken down there
 */
export function createDecider(
  {
    models,
    resolveRoute,
    matches,
    guardrails,
  }: Pick<Plan, 'models' | 'resolveRoute' | 'matches' | 'guardrails'>,
  pasts?: RoutePasts,
): Decide {
  const routes = { resolveRoute, matches, guardrails, models: models.map(({ id }) => id) }
  const choose = pasts === undefined ? createChooser() : remembering(createChooser(), pasts)
  return (imagined) => {
    const decision = new Decision(imagined)
    try {
      return decision.under(routes, choose)
    } catch (thrown) {
      return decision.failed(toFailure(thrown))
    }
  }
}

function remembering(choose: Choose, pasts: RoutePasts): Choose {
  return (question) => {
    const { route, load } = question
    const choice = choose({ ...question, load: pasts.on(route, load) })
    pasts.note(route, choice.candidates)
    return choice
  }
}

/** What each candidate of a decision is expected to cost, in their order; undefined where it has no price. */
export function expectedCosts({ candidates, question }: Decided): readonly (NanoUsd | undefined)[] {
  if (question === undefined) return []
  if (question.operation.charge === 'nothing') return candidates.map(() => 0n)
  const entries = candidates.map(({ target }) => ({ target, weight: 1 }))
  const loaded = withLoads(entries, question)
  const middle = middleOf(loaded, (load) => load.outputTokens)
  return loaded.map((one) => {
    const cost = costOf(one, outputTokens(one.load.outputTokens, middle, question), question)
    return Number.isFinite(cost) ? BigInt(Math.round(cost)) : undefined
  })
}

/** What leads to routes. */
interface Routes extends Pick<PermitParts, 'resolveRoute' | 'models'> {
  readonly matches: Plan['matches'] | undefined
  readonly guardrails: Plan['guardrails'] | undefined
}

/** A decision that is being made. */
class Decision {
  readonly #imagined: Imagined
  readonly #steps: DecisionStep[] = []
  #only: readonly Constraint[] | undefined
  #route: Route | undefined

  constructor(imagined: Imagined) {
    this.#imagined = imagined
    this.#only = joinConstraints(imagined.only, imagined.caller.only)
  }

  under(routes: Routes, choose: Choose): Decided {
    const { caller, request, requestOptions, facts } = this.#imagined
    checkPermissions(caller, request, requestOptions)
    const asked = this.#takeMatch(routes) ?? this.#takeName(routes)
    const subject = { route: asked.name, keyName: caller.keyName, project: caller.owners.project }
    this.#only = joinConstraints(
      this.#only,
      restrictionsOf(routes.guardrails, () => flagsIn(facts), subject),
    )
    const taken = this.#takeStep(asked)
    this.#only = joinConstraints(this.#only, taken.only)
    this.#route = taken
    const route = this.#takeArm(taken)
    this.#route = route
    const { prefer } = requestOptions
    if (prefer !== undefined) checkPreferences(prefer, route)
    this.#only = joinConstraints(this.#only, wishedConstraints(requestOptions))
    return this.#choose(route, choose)
  }

  failed(failure: Failure): Decided {
    const route = this.#route
    return { steps: this.#steps, candidates: [], failure, only: this.#only, ...defined({ route }) }
  }

  /** What the gateway asks itself is not led elsewhere. */
  #takeMatch({ matches }: Routes): Route | undefined {
    const { caller, request, facts } = this.#imagined
    const purpose = matches === undefined ? undefined : facts.read('request.purpose')
    if (matches === undefined || (purpose !== undefined && purpose !== '')) return undefined
    const { route, step } = takeRoute(matches, facts, request.model)
    if (step !== undefined) this.#steps.push(step)
    return route && mayUse(caller, route, request.model)
  }

  #takeName(routes: Routes): Route {
    const { caller, request } = this.#imagined
    const route = permittedRoute(routes, caller, request.model)
    if (route.name !== request.model) this.#steps.push({ step: 'alias', from: request.model, to: route.name })
    return route
  }

  #takeStep(route: Route): Route {
    if (route.steps === undefined) return route
    const way = takeWay(route.name, route.steps, this.#imagined.facts)
    this.#steps.push(way.step)
    checkRefusal(way.route)
    return way.route
  }

  #takeArm(route: Route): Route {
    const { canary, split } = route
    const { requestOptions, shareOf } = this.#imagined
    const terms =
      canary === undefined
        ? split
        : { ...canary, arms: armsOfCanary(canary, shareOf?.(canary) ?? canary.ramp[0] ?? 0) }
    if (terms === undefined) {
      if (requestOptions.arm !== undefined) throw noArm(requestOptions.arm, [])
      return route
    }
    const { arm, step } = assign(this.#imagined, terms)
    this.#steps.push(step)
    return arm.route ?? route
  }

  #choose(route: Route, choose: Choose): Decided {
    const question = this.#questionOn(route)
    const choice = choose(question)
    const { filter, rank, candidates } = choice
    if (filter !== undefined) this.#steps.push(filter)
    if (rank !== undefined) this.#steps.push(rank)
    const decided = { steps: this.#steps, candidates, route, only: this.#only, question }
    return candidates.length > 0
      ? decided
      : { ...decided, failure: explainEmpty(choice, question.operation.name) }
  }

  #questionOn(route: Route): DecidedQuestion {
    const { id, caller, request, requestOptions, ...given } = this.#imagined
    const operation = operationOf(request)
    const { models } = caller
    return {
      route,
      features: given.features,
      operation,
      rests: given.rests ?? NO_RESTS,
      load: given.load ?? NO_LOADS,
      random: randomOf(id),
      permits:
        models === undefined
          ? undefined
          : (target) => allowsTarget(models, [request.model, route.name], target),
      only: this.#only,
      isBudgeted: operation.charge === 'usage' && !caller.budgetPeriods.isEmpty,
      service: given.service,
      affinity: affinityOn(route, this.#imagined),
      wishes: given.wishes,
      order: placesOf(route, requestOptions.prefer?.order),
      ...defined({ shadowPrice: given.shadowPrice, barred: given.barred }),
    }
  }
}

/** By which of the route's keys a request belongs somewhere, as `affinityOf` has it for exchanges. */
function affinityOn({ affinity }: Route, { kept, requestOptions, caller }: Imagined): Affinity | undefined {
  if (affinity === undefined) return undefined
  for (const by of affinity.by) {
    const known = kept?.by === by ? kept.hash : undefined
    const hash = by === 'session' ? hashNamed(requestOptions.session, callerId(caller)) : known
    if (hash === undefined) continue
    const warm = kept?.hash === hash ? kept.warm : undefined
    return { by, hash, bound: affinity.bound, ...defined({ warm }) }
  }
  return undefined
}
