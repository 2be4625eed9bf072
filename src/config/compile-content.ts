import {
  lesserMode,
  type ContentMode,
  type ContentRule,
  type ContentTerms,
} from '../exchange/content-record.ts'
import { defined } from '../kit/defined.ts'
import { nearestNames } from '../kit/nearest.ts'
import { isTarget, type TargetMaker } from './compile-targets.ts'
import type { ProblemDraft } from './problems.ts'
import type { Config } from './schema.ts'

/** What rules refer to. */
export interface ContentContext {
  /** Names of routes and aliases; a trailing `*` stands for any rest. */
  readonly routeNames: readonly string[]
  readonly makeTarget: TargetMaker
}

export interface CompiledContent {
  readonly content: ContentTerms
  readonly drafts: readonly ProblemDraft[]
}

/**
 * Compiles what is kept of what is said. Routes and projects that rules name must exist: a rule that is misspelt keeps what somebody
 * believes not to be kept. Keys may be made later.
 */
export function compileContent(config: Config, context: ContentContext): CompiledContent {
  const { keep, routes, projects, keys, retention, size } = config.logs.content
  const byRoute = readRules(routes)
  const byProject = readRules(projects)
  const byKey = readRules(keys)
  const mostKept = [keep, ...Object.values(routes)]
  return {
    content: {
      isOff: mostKept.every((mode) => mode === 'none'),
      retentionMs: retention,
      bytes: size,
      ruleFor({ route, project, keyName }) {
        const allowed = byRoute(route)
        let rule: ContentRule =
          allowed === undefined ? { keep, by: 'default' } : { keep: allowed, by: 'route' }
        rule = lessened(rule, project === undefined ? undefined : byProject(project), 'project')
        return lessened(rule, byKey(keyName), 'key')
      },
    },
    drafts: [
      ...unknownNames(routes, {
        section: 'routes',
        known: context.routeNames,
        isKnown: (name) => isTarget(context.makeTarget(name)),
      }),
      ...unknownNames(projects, { section: 'projects', known: Object.keys(config.projects) }),
    ],
  }
}

function lessened(rule: ContentRule, keep: ContentMode | undefined, by: string): ContentRule {
  return keep === undefined || lesserMode(rule.keep, keep) === rule.keep ? rule : { keep, by }
}

type Rules = Readonly<Record<string, ContentMode>>

/** Gives what a rule says of a name: the one of that name, else the longest beginning. */
function readRules(rules: Rules): (name: string) => ContentMode | undefined {
  const exact = new Map(Object.entries(rules))
  const beginnings = Object.entries(rules)
    .filter(([name]) => name.endsWith('*'))
    .map(([name, keep]) => [name.slice(0, -1), keep] as const)
    .toSorted(([left], [right]) => right.length - left.length)
  return (name) => exact.get(name) ?? beginnings.find(([beginning]) => name.startsWith(beginning))?.[1]
}

interface KnownNames {
  readonly section: string
  readonly known: readonly string[]
  readonly isKnown?: (name: string) => boolean
}

function unknownNames(rules: Rules, { section, known, isKnown = () => false }: KnownNames): ProblemDraft[] {
  return Object.keys(rules).flatMap((name) => {
    if (name.endsWith('*') || known.includes(name) || isKnown(name)) return []
    const [nearest] = nearestNames(name, known, 1)
    const hint = nearest === undefined ? undefined : `Did you mean ${nearest}?`
    const what = section === 'routes' ? 'route' : 'project'
    const path = ['logs', 'content', section, name]
    return [{ path, message: `there is no ${what} ${name}`, ...defined({ hint }) }]
  })
}
