import { nearestNames } from '../kit/nearest.ts'
import type { RouteTarget } from '../exchange/route.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import type { RouteConfig } from './schema/routes.ts'

/** The way whose escalation it is, and what can be asked for by name. */
interface Place {
  readonly name: string
  readonly path: readonly PathStep[]
  readonly aliases: ReadonlyMap<string, readonly string[]>
  readonly routeNames: readonly string[]
}

/**
 * What is wrong with an escalation: nobody to escalate to, or a judge that is not there.
 *
 * @param find looks for a model, and tells itself what is wrong with that
 */
export function escalationProblems(
  { escalate, targets, fallback }: Pick<RouteConfig, 'escalate' | 'targets' | 'fallback'>,
  { name, path: of, aliases, routeNames }: Place,
  find: (model: string, at: readonly PathStep[]) => readonly RouteTarget[],
): ProblemDraft[] {
  if (escalate === undefined) return []
  const path = [...of, 'escalate']
  const models = [...targets.map(({ model }) => model), ...(fallback?.to ?? [])]
  const drafts: ProblemDraft[] = []
  if (models.length < 2 && !models.some((model) => aliases.has(model))) {
    drafts.push({
      path,
      message: 'there is no second target to ask',
      hint: 'List a better model behind the first.',
    })
  }
  const judge = escalate.judge?.route
  if (judge === undefined) return drafts
  const at = [...path, 'judge', 'route']
  if (judge === name) return [...drafts, { path: at, message: 'a route cannot judge its own answers' }]
  if (aliases.has(judge) || routeNames.some((known) => isCalled(judge, known))) return drafts
  if (judge.includes('/')) {
    find(judge, at)
    return drafts
  }
  const [nearest] = nearestNames(judge, [...routeNames, ...aliases.keys()], 1)
  const hint = nearest === undefined ? 'Write it as provider/model.' : `Did you mean "${nearest}"?`
  return [...drafts, { path: at, message: `${judge} is neither a route, an alias nor provider/model`, hint }]
}

function isCalled(name: string, route: string): boolean {
  return route.endsWith('*') ? name.startsWith(route.slice(0, -1)) : name === route
}
