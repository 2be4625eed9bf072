import type { Caller } from '../exchange/caller.ts'
import type { FactValue, FactValues } from '../exchange/condition.ts'
import { restrictionsOf } from '../guardrails/guardrail.ts'
import { joinConstraints, unfulfilled } from '../exchange/constraint.ts'
import { FACTS, flagsIn } from '../exchange/facts.ts'
import type { ReachProof, SurvivalProof } from '../exchange/proof.ts'
import { entriesOf, type Route } from '../exchange/route.ts'
import type { Target } from '../exchange/target.ts'
import type { Plan } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import { allowsRoute } from '../routing/model-patterns.ts'
import { takeMatch } from '../routing/take-match.ts'
import type { Checking } from '../guardrails/check-opinion.ts'
import { takeStep } from '../routing/take-step.ts'
import { askedBeside, askedByChecks, factsBeside, subjectAt, type AskedBeside } from './asked-beside.ts'
import { factsOfCaller } from './callers.ts'
import { canReach, survives, type Asking } from './can-reach.ts'
import { isAbout, leadsFrom, namesAsked, operationsFor, type Lead } from './leads-from.ts'
import { representativesOf, type Tried } from './representatives.ts'
import { waysOf } from './ways-of.ts'

/** A request that shows that something does not hold. */
export interface CounterExample {
  readonly model: string
  readonly key: string
  /** Facts of the request, as far as they matter. */
  readonly facts: Readonly<Record<string, FactValue>>
  readonly step?: string
  /** What leads on from there: `arm b`, `after context-overflow`. */
  readonly via?: string
  /** The target that is reached; absent where nobody is. */
  readonly target?: string
  readonly because: string
}

/** What became of one proof. */
export type Finding = { readonly proof: string } & (
  | { readonly verdict: 'holds' }
  | { readonly verdict: 'fails'; readonly counterExample: CounterExample }
  | { readonly verdict: 'undecided'; readonly because: string }
)

/** Decides what is to be proven of a plan, by trying whatever its conditions can tell apart. */
export function prove(plan: Plan, callers: readonly Caller[]): readonly Finding[] {
  return (plan.proofs ?? []).map((proof) => {
    const found = proof.kind === 'reach' ? proveReach(proof, plan, callers) : proveSurvival(proof, plan)
    if (found === undefined) return { proof: proof.name, verdict: 'holds' }
    return typeof found === 'string'
      ? { proof: proof.name, verdict: 'undecided', because: found }
      : { proof: proof.name, verdict: 'fails', counterExample: found }
  })
}

/** A counter-example, or why there cannot be said whether there is one. */
type Found = CounterExample | string | undefined

function proveReach(proof: ReachProof, plan: Plan, callers: readonly Caller[]): Found {
  const models = namesAsked(proof, plan)
  if (models === undefined) return 'the names that a match takes are compared with too much, or by a pattern'
  for (const place of placesOf(plan, models, callers)) {
    const { model, route, caller } = place
    if (!isAbout(proof, model, route) || !allowsRoute(caller.models, route, model)) continue
    const found = proveOf(proof, place)
    if (found !== undefined) return found
  }
  return undefined
}

function* placesOf(plan: Plan, models: readonly string[], callers: readonly Caller[]): Iterable<Place> {
  for (const model of models) {
    for (const lead of leadsFrom(model, plan))
      for (const caller of callers) yield { ...lead, model, caller, plan }
  }
}

function targetsOf(route: Route): readonly Target[] {
  return entriesOf(route).map(({ target }) => target)
}

interface Place extends Lead {
  readonly model: string
  readonly caller: Caller
  readonly plan: Plan
}

function proveOf(proof: ReachProof, place: Place): Found {
  const { route, caller, model, asked } = place
  const isBreach = breachOf(proof)
  if (!reachable(place).some((target) => isBreach(target) !== undefined)) return undefined
  const ofSteps = [route, ...allBeside(place).map((one) => one.route)].flatMap(({ steps = [] }) =>
    steps.map(({ when }) => when),
  )
  const conditions = [proof.when, ...asked, ...ofSteps].filter((when) => when !== undefined)
  const known = factsOfCaller(caller, model)
  const open = [...new Set(conditions.flatMap(({ facts }) => facts))].filter((fact) => !known.has(fact))
  const axes: (readonly [fact: string, values: readonly Tried[]])[] = []
  for (const fact of open) {
    const values =
      fact === 'request.operation' ? operationsFor(asked, route) : representativesOf(fact, conditions)
    if (values === undefined) return `${route.name}: ${fact} is compared with too much, or by a pattern`
    axes.push([fact, values])
  }
  const cases = axes.reduce((product, [, values]) => product * values.length, 1)
  if (cases > LIMITS.proofCases) return `${route.name}: there are ${cases} kinds of requests to try`
  for (let number = 0; number < cases; number += 1) {
    const facts = new Map([...known, ...nth(axes, number)])
    const found = breachAt(proof, place, facts)
    if (found !== undefined) return { ...found, facts: Object.fromEntries(nth(axes, number)) }
  }
  return undefined
}

/** All whom some way of a route leads to. */
function reachable(place: Place): readonly Target[] {
  const asked = allBeside(place).flatMap((one) => waysOfSteps(one.route))
  return [...waysOfSteps(place.route), ...asked].flatMap((one) =>
    waysOf(one).flatMap((way) => targetsOf(way.route)),
  )
}

/** Whoever may be asked on behalf of a request, whichever step is taken. */
function allBeside(place: Place): readonly AskedBeside[] {
  const { route, caller, plan } = place
  const ofSteps = waysOfSteps(route).flatMap((taken) => askedBeside(taken, caller, plan))
  return [...ofSteps, ...askedByChecks(place, plan)]
}

/** Whatever may be taken of a route: each of its steps, or itself. */
function waysOfSteps(route: Route): readonly Route[] {
  return route.steps?.map((step) => step.route) ?? [route]
}

/** Says by what a target breaks a proof; undefined where it does not. */
function breachOf({ only, never }: ReachProof): (target: Target) => string | undefined {
  return (target) => {
    const unmet = unfulfilled(only, target)
    if (unmet !== undefined) return `it does not fulfil ${unmet.text}`
    if (never === undefined || unfulfilled(never, target) !== undefined) return undefined
    return `it fulfils ${never.map(({ text }) => text).join(', ')}`
  }
}

function breachAt(
  proof: ReachProof,
  place: Place,
  known: ReadonlyMap<string, FactValue>,
): Omit<CounterExample, 'facts'> | undefined {
  const { model, route, match, caller, plan } = place
  const facts = factsAs(known)
  if (proof.when !== undefined && proof.when.holds(facts) !== true) return undefined
  if (plan.matches !== undefined && takeMatch(plan.matches, facts).taken !== match) return undefined
  const step = route.steps === undefined ? undefined : takeStep(route.steps, facts).taken
  const taken = step?.route ?? route
  const by = { model, key: caller.keyName, ...defined({ step: step?.name }) }
  const found = restrictionsOf(plan.guardrails, () => flagsIn(facts), subjectAt(place))
  const asking: Asking = { model, caller, facts, way: taken, only: joinConstraints(caller.only, found) }
  const breach = breachOn(proof, asking) ?? breachBeside(proof, asking, { place, known })
  return breach && { ...by, ...breach }
}

type Breach = Pick<CounterExample, 'via' | 'target' | 'because'>

interface Beside {
  readonly place: Place
  readonly known: ReadonlyMap<string, FactValue>
}

/** Whoever is asked on behalf of a request is asked without its options, under what holds for it. */
function breachBeside(proof: ReachProof, asking: Asking, { place, known }: Beside): Breach | undefined {
  const { way: taken, caller: client } = asking
  for (const asked of [...askedBeside(taken, client, place.plan), ...askedByChecks(place, place.plan)]) {
    const { model, caller, route, purpose, by } = asked
    const only = by === undefined ? joinConstraints(asking.only, taken.only) : onlyFor(by, asking, place)
    const facts = factsAs(new Map([...factsBeside(asked, known), ...factsOfCaller(caller, model)]))
    const way = route.steps === undefined ? route : (takeStep(route.steps, facts).taken?.route ?? route)
    const found = breachOn(proof, { model, caller, facts, way, only })
    if (found !== undefined) return { ...found, via: [purpose, model, found.via].filter(Boolean).join(' ') }
  }
  return undefined
}

/** What holds for what a check asks: when it asks about a request, its step is not known yet. */
function onlyFor(by: Checking, { facts, caller, way: taken }: Asking, place: Place): Asking['only'] {
  const subject = { ...subjectAt(place), before: by }
  const found = restrictionsOf(place.plan.guardrails, () => flagsIn(facts), subject)
  const isTaken = place.route.steps === undefined || !by.phases.includes('input')
  return joinConstraints(joinConstraints(caller.only, found), isTaken ? taken.only : undefined)
}

/** Where the ways from a taken route lead to somebody who breaks a proof. */
function breachOn(proof: ReachProof, asking: Asking): Breach | undefined {
  const { way: taken } = asking
  const isBreach = breachOf(proof)
  for (const { via, route: way } of waysOf(taken)) {
    const ofWay = joinConstraints(taken.only, way === taken ? undefined : way.only)
    const only = joinConstraints(asking.only, ofWay)
    for (const target of targetsOf(way)) {
      const because = isBreach(target)
      if (because === undefined || !canReach({ ...asking, way, only }, target)) continue
      return { ...(via === '' ? {} : { via }), target: target.id, because }
    }
  }
  return undefined
}

/** The facts of one case; a fact that is absent of it is left out. */
function nth(
  axes: readonly (readonly [fact: string, values: readonly Tried[]])[],
  number: number,
): readonly (readonly [string, FactValue])[] {
  let rest = number
  return axes.flatMap(([fact, values]) => {
    const value = values[rest % values.length]
    rest = Math.floor(rest / values.length)
    return value === undefined ? [] : [[fact, value] as const]
  })
}

/** Facts as they were made up; of what nobody has said there is nothing. */
function factsAs(known: ReadonlyMap<string, FactValue>): FactValues {
  return {
    read(name) {
      const value = known.get(name)
      const type = value === undefined ? FACTS.find((fact) => fact.name === name)?.type : undefined
      return type === undefined ? value : NOTHING[type]
    },
  }
}

const NOTHING: { readonly [Type in (typeof FACTS)[number]['type']]: FactValue } = {
  bool: false,
  int: 0,
  double: 0,
  string: '',
  'list<string>': [],
  'map<string, string>': {},
}

function proveSurvival({ routes, lossOf }: SurvivalProof, plan: Plan): Found {
  const names = routes ?? [...plan.routes].filter(([, route]) => !isPlain(route)).map(([name]) => name)
  for (const model of names) {
    const route = plan.resolveRoute(model.replace('*', 'any-model'))
    const steps = route?.steps ?? (route === undefined ? [] : [{ name: undefined, route }])
    for (const step of steps) {
      const lost = survives(step.route, lossOf)
      if (lost === undefined) continue
      const because = `nobody is left to ask without the ${lossOf} ${lost}`
      return { model, key: '', facts: {}, ...defined({ step: step.name }), because }
    }
  }
  return undefined
}

/** The name of a model at a provider, which leads nowhere else. */
function isPlain({ name, targets, fallback }: Route): boolean {
  return targets.length === 1 && fallback.length === 0 && targets[0]?.target.id === name
}
