import type { Route, RouteStep, RouteTarget } from '../exchange/route.ts'
import { defined } from '../kit/defined.ts'
import { inheritPace } from './compile-pace.ts'
import {
  compileWay,
  placeOfRoute,
  type CompiledRoute,
  type RouteContext,
  type WayConfig,
  type WayPlace,
} from './compile-routes.ts'
import { compileOnly, unknownProviders } from './compile-only.ts'
import { exampleProblems, type ExampleConfig } from './compile-examples.ts'
import { compileRefusal, deadEnd } from './compile-refusal.ts'
import { compileWhen } from './compile-when.ts'
import { unreachedSteps } from './compile-reach.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import type { RouteConfig, StepConfig } from './schema/routes.ts'

/** Compiles one route, with its steps where it has some. */
export function compileRoute(
  name: string,
  written: RouteConfig,
  context: RouteContext & Pick<WayPlace, 'wild'>,
): CompiledRoute {
  const { description: _description, match: _match, steps, examples = [], ...shared } = written
  const place = placeOfRoute(name, context)
  if (steps !== undefined) return compileSteps({ steps, examples }, shared, place)
  if (examples.length > 0)
    return {
      drafts: [
        { path: [...place.path, 'examples'], message: 'an example names a step, and the route has none' },
      ],
    }
  if (shared.targets.length > 0) return compileWay(shared, place)
  const hint = 'A route names its targets, or steps that do.'
  return { drafts: [{ path: place.path, message: 'the route leads nowhere', hint }] }
}

type Shared = WayConfig

interface Stepped {
  readonly steps: readonly StepConfig[]
  readonly examples: readonly ExampleConfig[]
}

function compileSteps(
  { steps: written, examples }: Stepped,
  { only: ofRoute, ...shared }: Shared,
  place: WayPlace,
): CompiledRoute {
  const only = compileOnly(ofRoute, place.who)
  const drafts: ProblemDraft[] = [
    ...orderProblems(written, place.path),
    ...deadEnd(written, place.path),
    ...unknownProviders(ofRoute, place.at('only'), place.providerNames),
  ]
  const steps: RouteStep[] = []
  written.forEach(({ name, when, refuse, ...own }, index) => {
    const path = [...place.path, 'steps', index]
    const compiled =
      refuse === undefined
        ? compileStep(own, shared, { ...place, path, step: name, who: `step ${name}`, only })
        : compileRefusal(refuse, own, { name: place.name, step: name, path })
    const condition = when === undefined ? undefined : compileWhen(when, [...path, 'when'], place)
    drafts.push(...compiled.drafts)
    if (condition !== undefined && 'path' in condition) drafts.push(condition)
    else if (compiled.route !== undefined)
      steps.push({ name, ...defined({ when: condition }), route: compiled.route })
  })
  const isWhole = steps.length === written.length && steps.some(({ route }) => route.refuses === undefined)
  if (isWhole)
    drafts.push(...unreachedSteps(steps, place.path), ...exampleProblems(examples, steps, place.path))
  return isWhole ? { route: toWhole(place.name, steps), drafts } : { drafts }
}

/** A step as if it were a route: what it does not say is said by the route that it belongs to. */
function compileStep(
  own: Omit<StepConfig, 'name' | 'when' | 'refuse'>,
  shared: Shared,
  place: WayPlace,
): CompiledRoute {
  const written = { ...inheritPace(shared, own), ...defined(own) }
  if (written.targets.length === 0) {
    const hint = 'Neither the step nor its route names any.'
    return { drafts: [{ path: place.path, message: 'missing targets', hint }] }
  }
  const at = (member: keyof Shared): readonly PathStep[] =>
    own[member] === undefined ? [...place.path.slice(0, -2), member] : [...place.path, member]
  return compileWay(written, { ...place, at })
}

/** Steps are told apart by name, and taken in order: what stands behind one without a condition is never reached. */
function orderProblems(steps: readonly StepConfig[], path: readonly PathStep[]): ProblemDraft[] {
  return steps.flatMap(({ name, when }, index) => {
    const at = [...path, 'steps', index]
    const drafts: ProblemDraft[] = []
    if (steps.findIndex((other) => other.name === name) < index)
      drafts.push({ path: [...at, 'name'], message: `two steps are called ${name}` })
    const isLast = index === steps.length - 1
    if (isLast && when !== undefined) {
      const hint = 'Remove its condition, or add a step without one for what no condition holds for.'
      drafts.push({ path: [...at, 'when'], message: 'the last step must have no condition', hint })
    }
    if (!isLast && when === undefined) {
      const hint = 'Give it a condition (when), or put it last.'
      drafts.push({ path: at, message: `the steps behind ${name} are never reached`, hint })
    }
    return drafts
  })
}

/** What holds for all steps together: whom they ask between them, and the longest that one of them takes. */
function toWhole(name: string, steps: readonly RouteStep[]): Route {
  const routes = steps.map(({ route }) => route).filter(({ refuses }) => refuses === undefined)
  const [first] = routes
  if (first === undefined) throw new RangeError(`no step of the route ${name} asks anybody`)
  const targets = distinct(routes.flatMap((route) => route.targets))
  const isTarget = new Set(targets.map(({ target }) => target.id))
  const { step: _step, only: _only, split: _split, canary: _canary, goesByBudget: _budget, ...base } = first
  return {
    ...base,
    steps,
    ...(steps.some(goesByBudget) ? { goesByBudget: true } : {}),
    targets,
    fallback: distinct(routes.flatMap((route) => route.fallback)).filter(
      ({ target }) => !isTarget.has(target.id),
    ),
    maxAttempts: Math.max(...routes.map(({ maxAttempts }) => maxAttempts)),
    deadlineMs: Math.max(...routes.map(({ deadlineMs }) => deadlineMs)),
  }
}

function goesByBudget({ when, route }: RouteStep): boolean {
  return route.goesByBudget === true || when?.facts.some((name) => name.startsWith('budget.')) === true
}

function distinct(entries: readonly RouteTarget[]): readonly RouteTarget[] {
  return [...new Map(entries.map((entry) => [entry.target.id, entry])).values()]
}
