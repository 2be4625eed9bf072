import { shadowPrice } from '../../exchange/budget-use.ts'
import { callerId } from '../../exchange/caller.ts'
import { requestFeatures, tierRequest, type Exchange } from '../../exchange/exchange.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import { operationOf } from '../../exchange/operations/all.ts'
import { entriesOf, type Route } from '../../exchange/route.ts'
import type { Trail } from '../../exchange/trail.ts'
import { randomOf } from '../../kit/random.ts'
import {
  createChooser,
  type Candidate,
  type Choice,
  type ChoiceQuestion,
  type Choose,
} from '../../routing/choose.ts'
import { ConsultedLoads } from '../../routing/consulted-loads.ts'
import { allowsTarget } from '../../routing/model-patterns.ts'
import { RoutePasts } from '../../routing/route-pasts.ts'
import { Rests } from '../../routing/rests.ts'
import { placesOf, tellCost, type Wishes } from '../../routing/wishes.ts'
import type { Target } from '../../exchange/target.ts'
import { defined } from '../../kit/defined.ts'
import type { NanoUsd } from '../../kit/money.ts'
import { mostCost, type UpperBound } from '../most-cost.ts'
import type { HandleExchange } from '../policy.ts'
import { affinityOf, type AffinityParts } from './affinity-of.ts'
import { Contest, type ContestParts, type RoutedExchange } from './contest.ts'
import { Climbs } from './climbs.ts'
import { explainEmpty } from './final-failure.ts'
import { premiumOf, Savings, type SavingsParts } from './savings.ts'
import { acceptanceOf } from './verified-commit.ts'

/** What dispatch works with. */
export type DispatchParts = ContestParts & AffinityParts & SavingsParts

/**
 * Creates the end of the outer onion: chooses candidates, takes down how, and has them tried in a contest. Until an answer
 * counts a failure may lead elsewhere; afterwards it passes through as the response's last event (law 5). Rejects with
 * what `explainEmpty` says when there is no candidate, and as `Contest.run` does.
 */
export function createDispatch(parts: DispatchParts): HandleExchange {
  const dispatch = {
    ...parts,
    choose: createChooser(),
    pasts: new RoutePasts(),
    climbs: new Climbs(parts.clock),
  }
  return (exchange) => {
    try {
      return openContest(dispatch, exchange).run()
    } catch (thrown) {
      return Promise.reject(toFailure(thrown))
    }
  }
}

interface Dispatch extends DispatchParts {
  readonly choose: Choose
  readonly pasts: RoutePasts
  readonly climbs: Climbs
}

function openContest(parts: Dispatch, exchange: Exchange): Contest {
  if (!isRouted(exchange)) throw new Failure('internal', { cause: 'dispatch was reached without a route' })
  const { choose } = parts
  const { route, trail } = exchange
  const question = questionOf(parts, exchange)
  trail.choice = question
  const choice = takeDown(choose(question), trail)
  const { candidates } = choice
  parts.pasts.note(route, candidates)
  if (candidates.length === 0)
    throw explainEmpty(choice, exchange.request.operation, (id) => tellCostAt(question, id))
  parts.retries.earn(callerId(exchange.caller))
  // Answers that do not go together are not given by another model because the first has failed.
  const isFree = question.operation.interchangeable || route.mixesModels
  const orderIn = (led: Route) => placesOf(led, exchange.requestOptions.prefer?.order)
  const chooseFor = (led: Route): readonly Candidate[] =>
    isFree ? takeDown(choose({ ...question, route: led, order: orderIn(led) }), trail).candidates : []
  if (acceptanceOf(exchange) === undefined) return new Contest(parts, exchange, { candidates, chooseFor })
  // Whoever judges an answer reads it; what passes is what was read.
  trail.claimContent('read')
  const premium = premiumOf(candidates)
  if (premium !== undefined) trail.onEnd(new Savings(parts, exchange, premium))
  return new Contest(parts, exchange, { candidates: parts.climbs.order(exchange, candidates), chooseFor })
}

function takeDown(choice: Choice, trail: Trail): Choice {
  if (choice.filter !== undefined) trail.decide(choice.filter)
  if (choice.rank !== undefined) trail.decide(choice.rank)
  return choice
}

function isRouted(exchange: Exchange): exchange is RoutedExchange {
  return exchange.route !== undefined
}

function questionOf(parts: Dispatch, exchange: RoutedExchange): ChoiceQuestion {
  const { caller, request, route } = exchange
  const { models } = caller
  const operation = operationOf(request)
  return {
    route,
    features: requestFeatures(exchange),
    operation,
    rests: new Rests(parts.health, callerId(caller)),
    load: new ConsultedLoads(parts.pasts.on(route, parts.load)),
    random: randomOf(exchange.id),
    permits:
      models === undefined
        ? undefined
        : (target) => allowsTarget(models, [request.model, route.name], target),
    only: exchange.only,
    isBudgeted: operation.charge === 'usage' && !caller.budgetPeriods.isEmpty,
    service: tierRequest(exchange),
    ...(exchange.budgetUses === undefined ? {} : { shadowPrice: shadowPrice(exchange.budgetUses) }),
    affinity: affinityOf(exchange, parts),
    wishes: wishesOf(exchange, parts.upperBound),
    order: placesOf(route, exchange.requestOptions.prefer?.order),
  }
}

function tellCostAt({ route, wishes }: ChoiceQuestion, id: string): string | undefined {
  const found = entriesOf(route).find(({ target }) => target.id === id)
  return found === undefined || wishes === undefined ? undefined : tellCost(wishes, found.target)
}

/** What is wished of targets one by one, which is not known before they are chosen. */
function wishesOf(exchange: RoutedExchange, upperBound: UpperBound): Wishes | undefined {
  const { maxCostNanoUsd: maxNanoUsd, maxTtftMs } = exchange.requestOptions
  if (maxNanoUsd === undefined && maxTtftMs === undefined) return undefined
  const mostOf = (target: Target): NanoUsd | undefined => mostCost(upperBound, exchange, target)
  return {
    ...(maxNanoUsd !== undefined && { cost: { maxNanoUsd, mostOf } }),
    ...defined({ maxTtftMs }),
  }
}
