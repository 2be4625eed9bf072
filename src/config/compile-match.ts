import type { Condition } from '../exchange/condition.ts'
import { FACTS } from '../exchange/facts.ts'
import { imaginedFacts } from '../exchange/imagined-facts.ts'
import type { Route, RouteMatch } from '../exchange/route.ts'
import { implies } from '../kit/expression-clauses.ts'
import { LIMITS } from '../kit/limits.ts'
import { nearestNames } from '../kit/nearest.ts'
import { takeName } from '../routing/take-match.ts'
import { compileWhen } from './compile-when.ts'
import type { RouteContext } from './compile-routes.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import type { Config } from './schema.ts'
import type { MatchConfig } from './schema/match.ts'

/** The routes of a file that take requests of any name, in its order; absent where there are none. */
export interface CompiledMatches {
  readonly matches?: readonly RouteMatch[]
  /** Names that lead to one of them for certain, though nothing else is called so. */
  readonly names: readonly string[]
  readonly drafts: readonly ProblemDraft[]
}

/** Compiles the matches of all routes, which have been compiled themselves. */
export function compileMatches(
  config: Pick<Config, 'routes' | 'projects'>,
  routes: ReadonlyMap<string, Route>,
  context: RouteContext,
): CompiledMatches {
  const matches: RouteMatch[] = []
  const names: string[] = []
  const drafts: ProblemDraft[] = []
  for (const [name, { match }] of Object.entries(config.routes)) {
    if (match === undefined) continue
    const path = ['routes', name, 'match']
    const when = name.endsWith('*') ? OF_PATTERN : compileWhen(sourceOf(match), path, context)
    const problems = [
      ...namingProblems(match, path, { ...context, projectNames: Object.keys(config.projects) }),
      ...('message' in when ? [{ ...when, path }] : whyUseless(when, path, matches)),
    ]
    drafts.push(...problems)
    const route = routes.get(name)
    if (problems.length > 0 || 'message' in when || route === undefined) continue
    matches.push({ when, route })
    if (when.facts.every((fact) => fact === 'request.model'))
      names.push(...(match.models ?? []).filter((model) => !model.includes('*')))
  }
  if (matches.length > LIMITS.routeMatches)
    drafts.push({ path: ['routes'], message: `at most ${LIMITS.routeMatches} routes may have a match` })
  if (matches.length === 0) return { names, drafts }
  const written = [...Object.keys(config.routes), ...context.aliases.keys()]
  return { matches, names, drafts: [...drafts, ...takenNames(matches, written)] }
}

const OF_PATTERN = {
  message: 'a route whose name ends with * takes the rest of the name that is asked for, and cannot take any',
  hint: 'Give it a plain name, and match the names: match: { models: [gpt-*] }.',
}

/** The facts of a match as one condition, all of whose parts must hold. */
function sourceOf(match: MatchConfig): string {
  const { models = [], endpoints, dialects, keys, projects, tags = [], when } = match
  const among = (fact: string, values: readonly string[] | undefined): string[] =>
    values === undefined ? [] : [`${fact} in ${JSON.stringify(values)}`]
  const parts = [
    ...(models.length === 0 ? [] : [namesSource(models)]),
    ...among('request.operation', endpoints),
    ...among('request.dialect', dialects),
    ...among('key.name', keys),
    ...among('key.project', projects),
    ...tags.map((tag) => `${JSON.stringify(tag)} in request.tags`),
  ]
  if (when === undefined) return parts.join(' && ')
  return parts.length === 0 ? when : [...parts, `(${when})`].join(' && ')
}

function namesSource(models: readonly string[]): string {
  const exact = models.filter((model) => !model.endsWith('*'))
  const begun = models.filter((model) => model.endsWith('*')).map((model) => model.slice(0, -1))
  const parts = [
    ...(exact.length === 0 ? [] : [`request.model in ${JSON.stringify(exact)}`]),
    ...begun.map((begin) => `request.model.startsWith(${JSON.stringify(begin)})`),
  ]
  return parts.length === 1 ? parts.join('') : `(${parts.join(' || ')})`
}

interface KnownNames extends Pick<RouteContext, 'dialectNames'> {
  readonly projectNames: readonly string[]
}

/** What is named must exist. Keys may be made any time. */
function namingProblems(
  { dialects = [], projects = [] }: MatchConfig,
  path: readonly PathStep[],
  { dialectNames, projectNames }: KnownNames,
): ProblemDraft[] {
  const missing = (
    what: string,
    [member, wanted, known]: readonly [string, readonly string[], readonly string[]],
  ): ProblemDraft[] =>
    wanted.flatMap((name, index) => {
      if (known.includes(name)) return []
      const [nearest] = nearestNames(name, known, 1)
      const some = known.length === 0 ? 'There are none.' : `There are ${known.join(', ')}.`
      const hint = nearest === undefined ? some : `Did you mean "${nearest}"?`
      return [{ path: [...path, member, index], message: `there is no ${what} ${name}`, hint }]
    })
  return [
    ...missing('dialect', ['dialects', dialects, dialectNames]),
    ...missing('project', ['projects', projects, projectNames]),
  ]
}

/** Why a match would not do what it is there for, as far as that is certain. */
function whyUseless(
  when: Condition,
  path: readonly PathStep[],
  before: readonly RouteMatch[],
): ProblemDraft[] {
  const late = when.facts.find((fact) => FACTS.some(({ name, isLate }) => isLate === true && name === fact))
  if (late !== undefined)
    return [
      {
        path,
        message: `${late} is not known before there is a route`,
        hint: 'Ask for it in a step of the route: steps: [{ name: …, when: … }].',
      },
    ]
  const always = when.facts.length === 0 ? when.holds(imaginedFacts(new Map())) === true : undefined
  if (always === false) return [{ path, message: 'the condition never holds' }]
  const earlier = before.find(
    (one) =>
      implies(when.clauses, one.when.clauses) ||
      (one.when.facts.length === 0 && one.when.holds(imaginedFacts(new Map())) === true),
  )
  if (earlier === undefined) return []
  const message = `the match is never reached: whenever it holds, so does that of ${earlier.route.name}`
  return [{ path, message, hint: 'Routes are asked in the order of the file: put this one before it.' }]
}

/** Names of other routes and aliases whose requests are all taken. */
function takenNames(matches: readonly RouteMatch[], names: readonly string[]): ProblemDraft[] {
  return names.flatMap((name) => {
    if (name.endsWith('*')) return []
    const taken = takeName(matches, name)
    if (taken === undefined || taken.route.name === name) return []
    return [
      {
        path: ['routes', taken.route.name, 'match'],
        message: `takes all requests for ${name}, which is in this file as well`,
        hint: `Requests for ${name} never reach it. Remove it, or leave its name out of the match.`,
        severity: 'warning' as const,
      },
    ]
  })
}
