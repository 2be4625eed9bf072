import type { CompileCondition } from '../exchange/compile-condition.ts'
import type { Ranking, Route, RouteTarget, Unpriced } from '../exchange/route.ts'
import { joinConstraints, type Constraint } from '../exchange/constraint.ts'
import { defined } from '../kit/defined.ts'
import { nearestNames } from '../kit/nearest.ts'
import { DEFAULT_STRATEGY, WEIGHING } from '../routing/strategies/all.ts'
import { againProblems, compileAgain, findLed, withLed, type LedTargets } from './compile-again.ts'
import { affinityProblems, compileAffinity } from './compile-affinity.ts'
import { findArms, splitProblems, withArms } from './compile-split.ts'
import { compileCache, similarProblems } from './compile-cache.ts'
import { compileShadow, shadowProblems } from './compile-shadow.ts'
import { compileOnly, emptiedArms, emptiedBy, unknownProviders } from './compile-only.ts'
import { compilePace, paceProblems, paceWarnings } from './compile-pace.ts'
import { escalationProblems } from './compile-escalate.ts'
import { isTarget, type TargetMaker } from './compile-targets.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import { retirementWarnings } from './retiring.ts'
import type { CacheConfig } from './schema/cache.ts'
import type { ModelEntry } from './schema/models.ts'
import type { RouteConfig } from './schema/routes.ts'

/** Aliases by name: the models they stand for. */
export type Aliases = ReadonlyMap<string, readonly string[]>

/** The aliases of a file; entries under `provider/model` are facts and not among them. */
export function readAliases(models: Readonly<Record<string, ModelEntry>>): {
  readonly aliases: Aliases
  readonly drafts: readonly ProblemDraft[]
} {
  const aliases = new Map<string, readonly string[]>()
  const drafts: ProblemDraft[] = []
  for (const [name, entry] of Object.entries(models)) {
    const isAlias = typeof entry === 'string' || Array.isArray(entry)
    if (isAlias && name.includes('/')) {
      const hint = 'An alias is a name without a slash; to answer for provider/model, write a route.'
      drafts.push({ path: ['models', name], message: 'expected facts about the model, found an alias', hint })
    } else if (!isAlias && !name.includes('/')) {
      const hint = 'Facts stand under provider/model.'
      drafts.push({ path: ['models', name], message: 'expected an alias, found facts about a model', hint })
    } else if (isAlias) aliases.set(name, typeof entry === 'string' ? [entry] : [...entry])
  }
  return { aliases, drafts }
}

/** What route compilation needs. */
export interface RouteContext {
  readonly aliases: Aliases
  readonly makeTarget: TargetMaker
  readonly compileCondition: CompileCondition
  readonly routeNames: readonly string[]
  readonly providerNames: readonly string[]
  readonly dialectNames: readonly string[]
  readonly unpriced: Unpriced
  readonly nowMs: number
  /** What routes keep of answers that say nothing of it. */
  readonly cacheDefault: CacheConfig | undefined
}

export interface CompiledRoute {
  readonly route?: Route
  readonly drafts: readonly ProblemDraft[]
}

/** What a route, or one of its steps, says of itself and of what it inherits. */
export type WayConfig = Omit<RouteConfig, 'description' | 'match' | 'steps' | 'examples'>

/** Where in the file a way stands, and what a `*` in its targets stands for; absent where there is none. */
export interface WayPlace extends RouteContext {
  readonly name: string
  readonly path: readonly PathStep[]
  /** Name of the step that it is; absent for a route. */
  readonly step?: string
  /** Where what it says stands, member by member: what a step does not say stands at its route. */
  readonly at: (member: keyof WayConfig) => readonly PathStep[]
  readonly wild?: string | undefined
  /** Who says it, as decisions name them: `route support`, `step regulated`. */
  readonly who: string
  /** What holds for it already, because its route says so. */
  readonly only?: readonly Constraint[] | undefined
}

/** Compiles a way of choosing: a route without steps, or a step. */
export function compileWay(written: WayConfig, place: WayPlace): CompiledRoute {
  const { name, path, at, wild, nowMs } = place
  const fill = (model: string): string => (wild === undefined ? model : model.replace('*', wild))
  const base = at('fallback').slice(0, -1)
  const drafts: ProblemDraft[] = [
    ...repeatedTargets(written, at('targets')),
    ...unknownProviders(written.only, at('only'), place.providerNames),
    ...againProblems(written, base),
    ...paceProblems(written, at),
  ]
  const warnings: ProblemDraft[] = []
  let isBroken = false
  const find = (model: string, from: readonly PathStep[]): readonly RouteTarget[] => {
    const found = expand(fill(model), from, place)
    drafts.push(...found.drafts)
    for (const { target } of found.targets) warnings.push(...retirementWarnings(target, from, nowMs))
    isBroken ||= found.isBroken
    return found.targets
  }
  const targets = written.targets.flatMap(({ model, weight }, index) =>
    find(model, [...at('targets'), index]).map(({ target }, position) => ({
      target,
      weight: position === 0 ? weight : 0,
    })),
  )
  const fallback = (written.fallback?.to ?? []).flatMap((model, index) =>
    find(model, [...at('fallback'), 'to', index]),
  )
  const led = findLed(written, (model, below) => find(model, [...base, ...below]))
  drafts.push(
    ...weightProblems(written, targets, at('targets')),
    ...(isOwn(place, 'escalate') ? escalationProblems(written, place, find) : []),
    ...(isOwn(place, 'affinity') ? affinityProblems({ ...written, strategy: rankingOf(written) }, path) : []),
  )
  const arms = findArms(written, at, find)
  drafts.push(...splitProblems(written, at('canary')), ...shadowProblems(written.shadow, place, find))
  drafts.push(...similarProblems(written.cache, place, find))
  if (drafts.length > 0) return { drafts }
  const unique = withoutRepeats(targets, new Set())
  const rest = withoutRepeats(fallback, new Set(unique.map(({ target }) => target.id)))
  if (unique.length === 0)
    return { drafts: isBroken ? [] : [{ path, message: 'all of its providers are switched off' }] }
  const toWay = (own: readonly RouteTarget[], others: readonly RouteTarget[]): Route => ({
    ...toRoute(written, { targets: own, fallback: others, led }, place),
    ...defined({ step: place.step }),
  })
  const route = withArms(toWay(unique, rest), written, { name, arms, toRoute: toWay })
  const left = [...emptiedBy(route.only, route, at('only')), ...emptiedArms(route, at)]
  return { route, drafts: [...warnings, ...left, ...paceWarnings(route, at)] }
}

function toRoute(
  written: WayConfig,
  parts: Pick<Route, 'targets' | 'fallback'> & { readonly led: LedTargets },
  { name, unpriced, only, who, cacheDefault }: WayPlace,
): Route {
  const mayBeAsked = [...parts.targets, ...parts.fallback, ...[...parts.led.values()].flat()]
  const route: Route = {
    name,
    ...defined({ only: joinConstraints(only, compileOnly(written.only, who)) }),
    ranking: rankingOf(written),
    targets: parts.targets,
    fallback: parts.fallback,
    ...compileAgain(written, mayBeAsked),
    strict: written.strict ?? false,
    ...(written.prompt_cache === 'auto' ? { marksPrompts: true } : {}),
    mixesModels: written.mixed_models ?? false,
    unpriced: written.unpriced ?? unpriced,
    ...compileShadow(written.shadow),
    ...compileCache(written.cache, cacheDefault),
    ...compileAffinity({ ...written, strategy: rankingOf(written) }, parts),
    ...compilePace(written),
    ...defined({ accept: written.escalate }),
    ...(rankingOf(written).usesBudget ? { goesByBudget: true } : {}),
  }
  return withLed(route, parts.led)
}

/** False for what a step goes by because its route says it: it may mean nothing there. */
function isOwn({ path, at }: WayPlace, member: keyof WayConfig): boolean {
  return at(member).length > path.length
}

function rankingOf({ strategy = DEFAULT_STRATEGY.standard }: WayConfig): Ranking {
  return strategy
}

/** A route over the given models in order, for aliases and for `provider/model` itself. */
export function plainRoute(name: string, models: readonly string[], context: RouteContext): CompiledRoute {
  const written: WayConfig = { targets: models.map((model) => ({ model, weight: 1 })) }
  return compileWay(written, placeOfRoute(name, context))
}

/** Where what a route says itself stands in the file. */
export function placeOfRoute(name: string, context: RouteContext & Pick<WayPlace, 'wild'>): WayPlace {
  const path = ['routes', name]
  return { ...context, name, path, at: (member) => [...path, member], who: `route ${name}` }
}

interface Expanded {
  /** True when a provider with mistakes was left out. */
  readonly isBroken: boolean
  readonly targets: readonly RouteTarget[]
  readonly drafts: readonly ProblemDraft[]
}

/** The targets behind a name: those of an alias, with aliases inside it, or the one of `provider/model`. */
function expand(
  model: string,
  path: readonly PathStep[],
  context: RouteContext & { readonly above?: readonly string[] },
): Expanded {
  const alias = context.aliases.get(model)
  const above = context.above ?? []
  if (above.includes(model)) {
    const circle = [...above.slice(above.indexOf(model)), model].join(' → ')
    const drafts = [{ path, message: `the aliases go in a circle: ${circle}` }]
    return { targets: [], drafts, isBroken: false }
  }
  if (alias !== undefined) {
    const parts = alias.map((inner) => expand(inner, path, { ...context, above: [...above, model] }))
    return {
      targets: parts.flatMap((part) => part.targets),
      drafts: parts.flatMap((part) => part.drafts),
      isBroken: parts.some((part) => part.isBroken),
    }
  }
  const made = context.makeTarget(model)
  if (isTarget(made)) return { targets: [{ target: made, weight: 1 }], drafts: [], isBroken: false }
  const isBroken = made.missing === 'broken'
  if (isBroken || made.missing === 'disabled') return { targets: [], drafts: [], isBroken }
  const draft =
    made.missing === 'form'
      ? unknownName(model, path, context)
      : { path, message: made.message, hint: made.hint }
  return { targets: [], drafts: [draft], isBroken }
}

function unknownName(model: string, path: readonly PathStep[], context: RouteContext): ProblemDraft {
  if (context.routeNames.includes(model)) {
    const hint = 'A route points to provider/model or to an alias from the section models.'
    return { path, message: `${model} is a route`, hint }
  }
  const [nearest] = nearestNames(model, context.aliases.keys(), 1)
  const hint = nearest === undefined ? 'Write it as provider/model.' : `Did you mean "${nearest}"?`
  return { path, message: `${model} is neither an alias nor provider/model`, hint }
}

function repeatedTargets(written: WayConfig, path: readonly PathStep[]): ProblemDraft[] {
  const models = written.targets.map((target) => target.model)
  const index = models.findIndex((model, position) => models.indexOf(model) < position)
  if (index < 0) return []
  return [{ path: [...path, index], message: `${models[index]} stands in this route twice` }]
}

function weightProblems(
  written: WayConfig,
  targets: readonly RouteTarget[],
  path: readonly PathStep[],
): ProblemDraft[] {
  const { strategy, usesWeights } = rankingOf(written)
  if (usesWeights) {
    const isWeighed = targets.length === 0 || targets.some(({ weight }) => weight > 0)
    const hint = 'Give one target a weight.'
    return isWeighed ? [] : [{ path, message: 'the weights are all 0', hint }]
  }
  const weighed = written.targets.findIndex((target) => target.weight !== 1)
  return weighed < 0
    ? []
    : [
        {
          path: [...path, weighed, 'weight'],
          message: `a weight means nothing in the strategy ${strategy}`,
          hint: `Write strategy: ${WEIGHING}, or remove the weight.`,
        },
      ]
}

function withoutRepeats(targets: readonly RouteTarget[], seen: Set<string>): RouteTarget[] {
  return targets.filter(({ target }) => {
    if (seen.has(target.id)) return false
    seen.add(target.id)
    return true
  })
}
