import type { Capabilities } from '../exchange/target.ts'
import type { ContentTerms } from '../exchange/content-record.ts'
import type { AlertPlan } from '../exchange/alert.ts'
import type { Drill } from '../exchange/drill.ts'
import type { OnlyTerms } from '../exchange/only-terms.ts'
import type { Proof } from '../exchange/proof.ts'
import type { Route, RouteMatch, Unpriced } from '../exchange/route.ts'
import type { GuardTerms } from '../guardrails/guardrail.ts'
import type { DeclaredOwners } from '../identity/directory.ts'
import { takeName } from '../routing/take-match.ts'
import type { CircuitRules } from '../exchange/circuit-rules.ts'

/** A model name as `GET /v1/models` shows it. */
export interface ListedModel {
  readonly id: string
  readonly ownedBy: string
  /** What is known of the model that is asked first. */
  readonly facts?: Capabilities
}

/** Something wrong with terms that somebody has written, at a path in them. */
export interface TermsProblem {
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly hint?: string
}

/** A route as it is listed. */
export function listedModel({ name, targets }: Route): ListedModel {
  const [first] = targets
  return {
    id: name,
    ownedBy:
      first !== undefined && name === `${first.target.provider}/${first.target.model}`
        ? first.target.provider
        : 'gatehouse',
    ...(first === undefined ? {} : { facts: first.target.capabilities }),
  }
}

/** The route that takes whoever asks for a name, where nothing else is known of the request. */
export function routeNamed({ matches, resolveRoute }: NamedRoutes, model: string): Route | undefined {
  return takeName(matches, model)?.route ?? resolveRoute(model)
}

/** What leads from names to routes. */
export type NamedRoutes = Pick<Plan, 'matches' | 'resolveRoute'>

/**
 * What config must compile to: everything resolved, nothing to be looked up per request, never changed.
 * A request takes one plan at its start and keeps it; a reload swaps the gateway's reference.
 */
export interface Plan extends DeclaredOwners {
  /** Grows with each load and carries a hash of the source: `3-9f2c1a`. */
  readonly version: string
  /** Routes, aliases and exact `provider/model` names, by public name. */
  readonly routes: ReadonlyMap<string, Route>
  /** Resolves any name a client may use, wildcards and `provider/model` included; undefined when there is none. */
  resolveRoute(model: string): Route | undefined
  /** Routes that take requests of any name, in order; the first whose condition holds does, before names are resolved. Absent: none. */
  readonly matches?: readonly RouteMatch[]
  /** What is wrong with what a key wants of its targets: names that there are not, or that nobody fulfils it. */
  readonly onlyProblems?: (only: OnlyTerms | undefined, by: string) => readonly TermsProblem[]
  /** Names worth listing and suggesting, in order. */
  readonly models: readonly ListedModel[]
  /** Names `provider/model` of what lists kept by others know of the providers, whether or not a route names them. Absent: none. */
  readonly listedNames?: () => readonly string[]
  /** Who may use models without a price where a route says nothing of it. */
  readonly unpriced: Unpriced
  /** When a target rests, and for how long. */
  readonly circuit: CircuitRules
  /** How much of what is said is kept; absent: nothing. */
  readonly content?: ContentTerms
  /** What is looked for in what is said; absent: nothing. */
  readonly guardrails?: GuardTerms
  /** Rehearsed outages by name; absent: none. */
  readonly drills?: ReadonlyMap<string, Drill>
  /** Who is told of what; absent: nobody. */
  readonly alerts?: AlertPlan
  /** What must hold of every decision under it. */
  readonly proofs?: readonly Proof[]
}
