import { liesIn, unfulfilled, type Constraint } from '../exchange/constraint.ts'
import type { OnlyTerms } from '../exchange/only-terms.ts'
import { entriesOf, type Route } from '../exchange/route.ts'
import type { Target } from '../exchange/target.ts'
import { formatDuration } from '../kit/duration.ts'
import { nearestNames } from '../kit/nearest.ts'
import { isTarget, type TargetMaker } from './compile-targets.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import type { Config } from './schema.ts'

/** Targets that are named in a message. */
const MOST_NAMED = 5

/**
 * Compiles what every target must fulfil. What nobody has said of a provider it does not fulfil.
 *
 * @param by who wants it, as decisions name it: `route support`
 */
export function compileOnly(written: OnlyTerms | undefined, by: string): readonly Constraint[] | undefined {
  if (written === undefined) return undefined
  const { region, retention, data_policy: policy, providers, tags } = written
  const constraints: Constraint[] = []
  const add = (text: string, allows: Constraint['allows']): void =>
    void constraints.push({ by, text, allows })
  if (region !== undefined)
    add(`region ${region.join(' or ')}`, (target) => region.some((wanted) => liesIn(target.region, wanted)))
  if (retention !== undefined)
    add(
      `retention ${tellRetention(retention)}`,
      ({ retentionMs }) => retentionMs !== undefined && retentionMs <= retention,
    )
  if (policy !== undefined) add(`data policy ${policy}`, ({ dataPolicy }) => dataPolicy === policy)
  if (providers !== undefined)
    add(`provider ${providers.join(' or ')}`, ({ provider }) => providers.includes(provider))
  if (tags !== undefined)
    add(`tag ${tags.join(' and ')}`, (target) => tags.every((tag) => target.tags?.includes(tag) === true))
  return constraints
}

function tellRetention(ms: number): string {
  return ms === 0 ? 'zero' : `at most ${formatDuration(ms)}`
}

/** Providers that are named and that there are not. */
export function unknownProviders(
  written: OnlyTerms | undefined,
  path: readonly PathStep[],
  known: readonly string[],
): ProblemDraft[] {
  return (written?.providers ?? []).flatMap((name, index) => {
    if (known.includes(name)) return []
    const [nearest] = nearestNames(name, known, 1)
    const hint = nearest === undefined ? `There are ${known.join(', ')}.` : `Did you mean "${nearest}"?`
    return [{ path: [...path, 'providers', index], message: `there is no provider ${name}`, hint }]
  })
}

/**
 * What constraints leave of a route: where that is nobody, the file is refused, because every request would be; where it is not
 * everybody, that is said, because it may be a mistake.
 */
export function emptiedBy(
  only: readonly Constraint[] | undefined,
  route: Pick<Route, 'targets' | 'fallback'>,
  path: readonly PathStep[],
): ProblemDraft[] {
  const all = entriesOf(route).map(({ target }) => target)
  const excluded = all.filter((target) => unfulfilled(only, target) !== undefined)
  if (excluded.length === 0) return []
  const told = excluded.slice(0, MOST_NAMED).map((target) => tellExcluded(target, only))
  const hint = `${told.join('; ')}.`
  if (excluded.length === all.length)
    return [
      { path, message: 'no target fulfils what is wanted here, so every request would be refused', hint },
    ]
  const names = excluded.map(({ id }) => id).join(', ')
  return [{ path, message: `${names} will never be asked`, hint, severity: 'warning' }]
}

/** Likewise for the arms of a route that go their own way. */
export function emptiedArms(
  { only, split, canary }: Route,
  at: (member: 'split' | 'canary') => readonly PathStep[],
): ProblemDraft[] {
  const ofSplit = (split?.arms ?? []).flatMap(({ name, route }) =>
    route === undefined ? [] : emptiedBy(only, route, [...at('split'), 'arms', name]),
  )
  return canary === undefined ? ofSplit : [...ofSplit, ...emptiedBy(only, canary.route, at('canary'))]
}

/** What is wrong with what somebody wants who has a `path` in the file, or in a body: somebody must be able to fulfil it. */
export type OnlyCheck = (
  written: OnlyTerms | undefined,
  by: string,
  path: readonly PathStep[],
) => readonly ProblemDraft[]

/** Creates the check of what keys and projects want. */
export function createOnlyCheck(known: readonly string[], makeTarget: TargetMaker): OnlyCheck {
  // Of each provider a model that nobody knows yet: what is asked for is said of providers.
  const anybody = known.map((name) => makeTarget(`${name}/*`)).filter(isTarget)
  return (written, by, path) => {
    const unknown = unknownProviders(written, path, known)
    const only = compileOnly(written, by)
    const isEmpty = anybody.length > 0 && anybody.every((target) => unfulfilled(only, target) !== undefined)
    if (only === undefined || unknown.length > 0 || !isEmpty) return unknown
    const message = 'no provider fulfils what is wanted here, so every request would be refused'
    return [{ path, message, hint: `It wants ${only.map(({ text }) => text).join(', ')}.` }]
  }
}

/** What keys and projects of the file want. */
export function accountProblems(
  { keys, projects }: Pick<Config, 'keys' | 'projects'>,
  check: OnlyCheck,
): ProblemDraft[] {
  const wanted = [
    ...keys.map(({ name, only }, index) => [['keys', index, 'only'], `key ${name}`, only] as const),
    ...Object.entries(projects).map(
      ([name, { only }]) => [['projects', name, 'only'], `project ${name}`, only] as const,
    ),
  ]
  return wanted.flatMap(([path, by, written]) => check(written, by, path))
}

function tellExcluded(target: Target, only: readonly Constraint[] | undefined): string {
  const unmet = unfulfilled(only, target)
  return `${target.id}: ${unmet?.by ?? ''} wants ${unmet?.text ?? ''}`
}
