import type { Caller } from '../../exchange/caller.ts'
import { joinConstraints } from '../../exchange/constraint.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { operationOf, type ModelRequest } from '../../exchange/operations/all.ts'
import type { Route } from '../../exchange/route.ts'
import { OPTION_NAMES, type RequestOptions } from '../../exchange/request-options.ts'
import { Failure } from '../../exchange/failure.ts'
import { defined } from '../../kit/defined.ts'
import { LIMITS } from '../../kit/limits.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import { nearestNames } from '../../kit/nearest.ts'
import { allowsRoute, matchesAny } from '../../routing/model-patterns.ts'
import type { MatchRoute } from './match-route.ts'
import type { Admission } from '../policy.ts'

/** What permission is decided by; all of it comes from the plan. */
export interface PermitParts {
  readonly resolveRoute: (model: string) => Route | undefined
  /** Asked before names are; absent: no route takes requests of any name. */
  readonly matchRoute?: MatchRoute | undefined
  /** Names worth suggesting. */
  readonly models: readonly string[]
}

/** Most names that are compared for a suggestion; comparing costs microseconds each. */
const MOST_COMPARED = 500
const SUGGESTIONS = 3

/**
 * Creates the admission that decides what the caller may do: it resolves the route and checks operation, model and request options against
 * the key; what is stored has no route. It extends the exchange by the route and brings the deadline forward to the route's or the option's.
 * Rejects with `model-not-found`, `model-not-allowed`, `endpoint-not-allowed` or `override-not-allowed`.
 */
export function createPermit(parts: PermitParts): Admission {
  return (exchange) => {
    const { caller, request, requestOptions } = exchange
    checkPermissions(caller, request, requestOptions)
    checkOtherModels(caller, request)
    const only = joinConstraints(exchange.only, caller.only)
    if (operationOf(request).recall !== undefined)
      return { ...exchange, ...defined({ only }), deadlineAtMs: latestEnd(exchange) }
    const matched = parts.matchRoute?.(exchange)
    const route =
      matched === undefined
        ? permittedRoute(parts, caller, request.model)
        : mayUse(caller, matched, request.model)
    exchange.trail.route = route.name
    if (matched === undefined && route.name !== request.model)
      exchange.trail.decide({ step: 'alias', from: request.model, to: route.name })
    const permitted: Mutable<Exchange> = { ...exchange, route, deadlineAtMs: deadlineOf(exchange, route) }
    setDefined(permitted, 'only', only)
    return permitted
  }
}

/** May they ask for this, with these options? Throws `endpoint-not-allowed` or `override-not-allowed`. */
export function checkPermissions(
  caller: Caller,
  { operation }: Pick<ModelRequest, 'operation'>,
  requestOptions: RequestOptions,
): void {
  if (!matchesAny(caller.operations, operation)) throw new Failure('endpoint-not-allowed')
  checkOptions(caller, requestOptions)
}

/** The route that a name leads to, for who may use it. Throws `model-not-found` or `model-not-allowed`. */
export function permittedRoute(parts: PermitParts, caller: Caller, model: string): Route {
  const route = parts.resolveRoute(model)
  if (route === undefined) throw unknownModel(parts, caller, model)
  return mayUse(caller, route, model)
}

/** The route, for who may use it by its name or by the one that they ask for. Throws `model-not-allowed`. */
export function mayUse({ models }: Caller, route: Route, model: string): Route {
  if (!allowsRoute(models, route, model)) throw notAllowed(model)
  return route
}

function checkOptions(caller: Caller, requestOptions: RequestOptions): void {
  let field: keyof RequestOptions
  for (field in requestOptions) {
    if (requestOptions[field] === undefined) continue
    const name = OPTION_NAMES[field]
    if (matchesAny(caller.allowedOptions, name)) continue
    throw new Failure('override-not-allowed', {
      message: `The key may not set "${name}" per request.`,
      param: `gatehouse.${name}`,
    })
  }
}

/**
 * What lets a provider choose another model, or another price for the same, takes the choice from the list of models and from the
 * budget of a key. A key that has neither may do so.
 */
function checkOtherModels(caller: Caller, request: ModelRequest): void {
  const [field] = request.bearing?.otherModels ?? NO_FIELDS
  if (field === undefined) return
  const isRestricted = caller.models !== undefined
  if (!isRestricted && caller.budgetPeriods.isEmpty) return
  const held = isRestricted ? 'only some models' : 'a budget'
  throw new Failure('override-not-allowed', {
    message: `The key is for ${held}, so it may not set "${field}", by which the provider could choose another model or price. Leave it out.`,
    param: field,
  })
}

const NO_FIELDS: readonly string[] = []

function unknownModel({ models, resolveRoute }: PermitParts, caller: Caller, asked: string): Failure {
  const usable: string[] = []
  for (const name of models.slice(0, MOST_COMPARED)) {
    const route = resolveRoute(name)
    if (route !== undefined && allowsRoute(caller.models, route, name)) usable.push(name)
  }
  const nearest = nearestNames(asked, usable, SUGGESTIONS)
  const hint =
    nearest.length === 0 ? listed(usable.slice(0, SUGGESTIONS)) : ` Did you mean ${quoted(nearest)}?`
  return new Failure('model-not-found', {
    message: `There is no model or route named "${shorten(asked)}".${hint}`,
    param: 'model',
    nearest,
  })
}

/** Where nothing comes near, some of what there is says more than nothing. */
function listed(names: readonly string[]): string {
  return names.length === 0
    ? ' The key may not use any.'
    : ` The key may use ${quoted(names)} and what /v1/models lists.`
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ')
}

function notAllowed(asked: string): Failure {
  return new Failure('model-not-allowed', {
    message: `The key may not use the model "${shorten(asked)}".`,
    param: 'model',
  })
}

function shorten(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}…` : name
}

/** Where no route says how long an exchange may take. */
function latestEnd({ startedAtMs, deadlineAtMs }: Exchange): number {
  return Math.min(deadlineAtMs, startedAtMs + LIMITS.exchangeMs)
}

function deadlineOf(exchange: Exchange, route: Route): number {
  const { startedAtMs, deadlineAtMs, requestOptions } = exchange
  const ownMs = Math.min(route.deadlineMs, requestOptions.timeoutMs ?? route.deadlineMs)
  return Math.min(deadlineAtMs, startedAtMs + ownMs)
}
