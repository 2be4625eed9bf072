import { shadowPrice } from '../../exchange/budget-use.ts'
import type { ContinueTerms } from '../../exchange/again.ts'
import { callerId } from '../../exchange/caller.ts'
import { requestFeatures, tierRequest, type Exchange, type RoutedExchange } from '../../exchange/exchange.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import { operationOf } from '../../exchange/operations/all.ts'
import { entriesOf, type Route } from '../../exchange/route.ts'
import type { ModelResponse } from '../../exchange/response.ts'
import type { Trail } from '../../exchange/trail.ts'
import { randomOf } from '../../kit/random.ts'
import type { Candidate, Choice, ChoiceQuestion } from '../../routing/choice.ts'
import { createChooser, type Choose } from '../../routing/choose.ts'
import { ConsultedLoads } from '../../routing/consulted-loads.ts'
import { allowsTarget } from '../../routing/model-patterns.ts'
import { RoutePasts } from '../../routing/route-pasts.ts'
import { Rests } from '../../routing/rests.ts'
import { placesOf, tellCost, type Wishes } from '../../routing/wishes.ts'
import { defined } from '../../kit/defined.ts'
import type { NanoUsd } from '../../kit/money.ts'
import { mostCost, type UpperBound } from '../most-cost.ts'
import type { HandleExchange } from '../policy.ts'
import { affinityOf, type AffinityParts } from './affinity-of.ts'
import { Contest, type Chosen, type ContestParts } from './contest.ts'
import { continueTerms } from './continuing-request.ts'
import { runContinued } from './continuing.ts'
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
      const contest = openContest(dispatch, exchange)
      const terms = continueTerms(exchange)
      return terms === undefined || !isRouted(exchange)
        ? contest.run()
        : continued(dispatch, { exchange, terms }, contest)
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
  const { trail } = exchange
  const question = questionOf(parts, exchange)
  trail.choice = question
  const choice = takeDown(parts.choose(question), trail)
  const { candidates } = choice
  parts.pasts.note(exchange.route, candidates)
  if (candidates.length === 0) throw nobody(choice, question)
  parts.retries.earn(callerId(exchange.caller))
  return new Contest(
    parts,
    exchange,
    new Choosing(parts, { exchange, question }, inOrder(parts, exchange, candidates)),
  )
}

/** The candidates in the order of trying, where answers are looked at: whoever judges one reads it. */
function inOrder(
  parts: Dispatch,
  exchange: RoutedExchange,
  candidates: readonly Candidate[],
): readonly Candidate[] {
  if (acceptanceOf(exchange) === undefined) return candidates
  // What passes is what was read.
  exchange.trail.claimContent('read')
  const premium = premiumOf(candidates)
  if (premium !== undefined) exchange.trail.onEnd(new Savings(parts, exchange, premium))
  return parts.climbs.order(exchange, candidates)
}

/** Has an answer gone on with that breaks off. Whoever goes on has to know what was said, so that is read; what passes is what was read. */
function continued(
  parts: Dispatch,
  begun: { readonly exchange: RoutedExchange; readonly terms: ContinueTerms },
  contest: Contest,
): Promise<ModelResponse> {
  const { trail } = begun.exchange
  trail.claimContent('read')
  const chooseAgain = (exchange: RoutedExchange): Chosen => {
    const question = questionOf(parts, exchange)
    const { candidates } = takeDown(parts.choose(question), trail)
    return new Choosing(parts, { exchange, question }, candidates)
  }
  return runContinued({ ...parts, chooseAgain }, begun, contest)
}

function takeDown(choice: Choice, trail: Trail): Choice {
  if (choice.filter !== undefined) trail.decide(choice.filter)
  if (choice.rank !== undefined) trail.decide(choice.rank)
  return choice
}

function isRouted(exchange: Exchange): exchange is RoutedExchange {
  return exchange.route !== undefined
}

/** Who was chosen for an exchange, and who would be of another route's targets. */
class Choosing implements Chosen {
  readonly candidates: readonly Candidate[]
  readonly #choose: Choose
  readonly #exchange: RoutedExchange
  readonly #question: ChoiceQuestion

  constructor({ choose }: Dispatch, { exchange, question }: Asking, candidates: readonly Candidate[]) {
    this.candidates = candidates
    this.#choose = choose
    this.#exchange = exchange
    this.#question = question
  }

  chooseFor(route: Route): readonly Candidate[] {
    const { trail, requestOptions, route: own } = this.#exchange
    // Answers that do not go together are not given by another model because the first has failed.
    if (!this.#question.operation.interchangeable && !own.mixesModels) return []
    const order = placesOf(route, requestOptions.prefer?.order)
    return takeDown(this.#choose({ ...this.#question, route, order }), trail).candidates
  }
}

/** An exchange, and what it asks of whoever chooses. */
interface Asking {
  readonly exchange: RoutedExchange
  readonly question: ChoiceQuestion
}

function questionOf(parts: Dispatch, exchange: RoutedExchange): ChoiceQuestion {
  const { caller, request, route, budgetUses } = exchange
  const operation = operationOf(request)
  return {
    route,
    features: requestFeatures(exchange),
    operation,
    rests: new Rests(parts.health, callerId(caller)),
    load: new ConsultedLoads(parts.pasts.on(route, parts.load)),
    random: randomOf(exchange.id),
    permits: caller.models === undefined ? undefined : permitsOf(caller.models, [request.model, route.name]),
    only: exchange.only,
    isBudgeted: operation.charge === 'usage' && !caller.budgetPeriods.isEmpty,
    service: tierRequest(exchange),
    shadowPrice: budgetUses === undefined ? undefined : shadowPrice(budgetUses),
    affinity: affinityOf(exchange, parts),
    wishes: wishesOf(exchange, parts.upperBound),
    order: placesOf(route, exchange.requestOptions.prefer?.order),
  }
}

function permitsOf(models: readonly string[], names: readonly string[]): ChoiceQuestion['permits'] {
  return (target) => allowsTarget(models, names, target)
}

function nobody(choice: Choice, question: ChoiceQuestion): Failure {
  return explainEmpty(choice, question.operation.name, (id) => tellCostAt(question, id))
}

function tellCostAt({ route, wishes }: ChoiceQuestion, id: string): string | undefined {
  const found = entriesOf(route).find(({ target }) => target.id === id)
  return found === undefined || wishes === undefined ? undefined : tellCost(wishes, found.target)
}

/** What is wished of targets one by one, which is not known before they are chosen. */
export function wishesOf(exchange: Exchange, upperBound: UpperBound): Wishes | undefined {
  const { maxCostNanoUsd, maxTtftMs, minQuality } = exchange.requestOptions
  if (maxCostNanoUsd === undefined && maxTtftMs === undefined && minQuality === undefined) return undefined
  const cost = maxCostNanoUsd === undefined ? undefined : costWish(exchange, upperBound, maxCostNanoUsd)
  return defined({ cost, maxTtftMs, minQuality })
}

function costWish(
  exchange: Exchange,
  upperBound: UpperBound,
  maxNanoUsd: NanoUsd,
): NonNullable<Wishes['cost']> {
  return { maxNanoUsd, mostOf: (target) => mostCost(upperBound, exchange, target) }
}
