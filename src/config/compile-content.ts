import {
  lesserMode,
  type ContentMode,
  type ContentRule,
  type ContentTerms,
} from '../exchange/content-record.ts'
import { isTarget, type TargetMaker } from './compile-targets.ts'
import type { ProblemDraft } from './problems.ts'
import { unknownNames, type PlacedName } from './rule-names.ts'
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
  const { keep, routes, projects, keys, retention, size, restore } = config.logs.content
  const byRoute = readRules(routes)
  const byProject = readRules(projects)
  const byKey = readRules(keys)
  const mostKept = [keep, ...Object.values(routes)]
  return {
    content: {
      isOff: mostKept.every((mode) => mode === 'none'),
      retentionMs: retention,
      bytes: size,
      mayRestore: restore,
      ruleFor({ route, project, keyName }) {
        const allowed = byRoute(route)
        let rule: ContentRule =
          allowed === undefined ? { keep, by: 'default' } : { keep: allowed, by: 'route' }
        rule = lessened(rule, project === undefined ? undefined : byProject(project), 'project')
        return lessened(rule, byKey(keyName), 'key')
      },
    },
    drafts: [
      ...unknownNames(placed('routes', routes), {
        what: 'route',
        known: context.routeNames,
        isKnown: (name) => isTarget(context.makeTarget(name)),
      }),
      ...unknownNames(placed('projects', projects), {
        what: 'project',
        known: Object.keys(config.projects),
      }),
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

function placed(section: string, rules: Rules): readonly PlacedName[] {
  return Object.keys(rules).map((name) => [name, ['logs', 'content', section, name]])
}
