import { joinConstraints, liesIn, unfulfilled, type Constraint } from '../../exchange/constraint.ts'
import { requestFeatures, type Exchange } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import { operationOf } from '../../exchange/operations/all.ts'
import { isNamed, type Preferences, type RequestOptions } from '../../exchange/request-options.ts'
import { entriesOf, type Route } from '../../exchange/route.ts'
import type { Price, Target } from '../../exchange/target.ts'
import type { NanoUsd } from '../../kit/money.ts'
import type { Mutable } from '../../kit/mutable.ts'
import { nearestNames } from '../../kit/nearest.ts'
import { mostCost, mostCostWith, mostOutput, type UpperBound } from '../most-cost.ts'
import type { Admission } from '../policy.ts'

const BY = 'request'

/**
 * Creates the admission that heeds what a request wishes of whoever answers it. A wish only ever takes away from what the route, the key
 * and the file permit. Refuses with `invalid-request` who names a provider first that the route does not have.
 */
export function createHeedWishes({ upperBound }: { readonly upperBound: UpperBound }): Admission {
  return (exchange) => {
    const { route, requestOptions } = exchange
    const { region, prefer, maxCostNanoUsd, maxCostTrims } = requestOptions
    if (route === undefined || (region === undefined && prefer === undefined && maxCostTrims !== true))
      return exchange
    if (prefer !== undefined) checkPreferences(prefer, route)
    const heeded: Mutable<Exchange> = { ...exchange }
    const only = joinConstraints(exchange.only, wishedConstraints(requestOptions))
    if (only !== undefined) heeded.only = only
    if (prefer?.allowFallbacks === false) heeded.requestOptions = { ...requestOptions, noFallback: true }
    if (maxCostTrims !== true || maxCostNanoUsd === undefined) return heeded
    return trimmed(heeded, targetsOf(route), { upperBound, maxNanoUsd: maxCostNanoUsd })
  }
}

function targetsOf(route: Route): readonly Target[] {
  return entriesOf(route).map(({ target }) => target)
}

/**
 * A name that nobody goes by would be ignored, and nothing is; who is not wanted need not be there. Throws `invalid-request`.
 */
export function checkPreferences({ order = [], only = [] }: Preferences, route: Route): void {
  const targets = targetsOf(route)
  const known = [...new Set(targets.flatMap(({ provider, model }) => [provider, `${provider}/${model}`]))]
  for (const name of [...order, ...only]) {
    if (targets.some((target) => isNamed(target, name))) continue
    const [nearest] = nearestNames(name, known, 1)
    const providers = [...new Set(targets.map(({ provider }) => provider))]
    const hint = nearest === undefined ? `It has ${providers.join(', ')}.` : `Did you mean "${nearest}"?`
    throw new Failure('invalid-request', {
      param: 'gatehouse.prefer',
      message: `The route ${route.name} has no provider or target "${name}". ${hint}`,
    })
  }
}

/** What a request wishes of whoever answers it, as constraints; undefined where it wishes nothing of the kind. */
export function wishedConstraints({
  region,
  prefer = {},
}: RequestOptions): readonly Constraint[] | undefined {
  const { only, ignore, maxPrice } = prefer
  const wanted: Constraint[] = []
  const add = (text: string, allows: Constraint['allows']): void =>
    void wanted.push({ by: BY, text, allows, isWish: true })
  const named = (names: readonly string[], target: Target): boolean =>
    names.some((name) => isNamed(target, name))
  if (region !== undefined) add(`region ${region}`, (target) => liesIn(target.region, region))
  if (only !== undefined) add(`only ${only.join(' or ')}`, (target) => named(only, target))
  if (ignore !== undefined) add(`not ${ignore.join(' or ')}`, (target) => !named(ignore, target))
  if (maxPrice !== undefined)
    add('a lower price', ({ price }) => price !== undefined && isWithin(price, maxPrice))
  return wanted.length === 0 ? undefined : wanted
}

function isWithin(price: Price, { input, output }: NonNullable<Preferences['maxPrice']>): boolean {
  return (input === undefined || price.input <= input) && (output === undefined || price.output <= output)
}

interface Trimming {
  readonly upperBound: UpperBound
  readonly maxNanoUsd: NanoUsd
}

/** The exchange with a lower limit of its answer, where nobody could keep to the most that it may cost otherwise. */
function trimmed(exchange: Exchange, targets: readonly Target[], trimming: Trimming): Exchange {
  const { withOutputLimit } = operationOf(exchange.request)
  const open = targets.filter((target) => unfulfilled(exchange.only, target) === undefined)
  const fits = ({ upperBound, maxNanoUsd }: Trimming, target: Target): boolean => {
    const most = mostCost(upperBound, exchange, target)
    return most !== undefined && most <= maxNanoUsd
  }
  if (withOutputLimit === undefined || open.some((target) => fits(trimming, target))) return exchange
  const tokens = Math.max(0, ...open.map((target) => affordable(exchange, target, trimming)))
  if (tokens === 0) return exchange
  exchange.trail.noteChange('max-tokens.clamped', 'max_cost_usd')
  return { ...exchange, request: withOutputLimit(exchange.request, tokens) }
}

/** The most tokens of an answer, of each choice, that a target can give for the money; 0 where it is too little for the question. */
function affordable(exchange: Exchange, target: Target, { upperBound, maxNanoUsd }: Trimming): number {
  const { choices } = requestFeatures(exchange)
  const isEnough = (tokens: number): boolean => {
    const most = mostCostWith(upperBound, { exchange, target }, tokens * choices)
    return most !== undefined && most <= maxNanoUsd
  }
  let least = 0
  let beyond = Math.ceil(mostOutput(exchange, target) / choices)
  while (beyond - least > 1) {
    const middle = Math.floor((least + beyond) / 2)
    if (isEnough(middle)) least = middle
    else beyond = middle
  }
  return least
}
