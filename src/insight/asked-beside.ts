import type { Caller } from '../exchange/caller.ts'
import type { FactValue } from '../exchange/condition.ts'
import type { GuardSubject } from '../exchange/guard.ts'
import type { Purpose } from '../exchange/purpose.ts'
import type { Route } from '../exchange/route.ts'
import type { Plan } from '../gateway/plan.ts'
import { hasCheck, type Checking } from '../guardrails/check-opinion.ts'
import { guardrailsFor } from '../guardrails/guardrail.ts'
import { asHouse } from '../policies/shadow/ask-shadow.ts'
import { allowsRoute } from '../routing/model-patterns.ts'

/** Somebody whom the house asks on behalf of a request. */
export interface AskedBeside {
  readonly purpose: Purpose
  /** The name that is asked for, and where it leads. */
  readonly model: string
  readonly route: Route
  /** As whom it is asked. */
  readonly caller: Caller
  /** The guardrail that asks, where one does: what is found beside it holds for others. */
  readonly by?: Checking
}

/**
 * Who is asked on behalf of a caller for whom a route, or a step of one, was taken: a judge of its answers and whoever makes vectors of its
 * questions as the caller himself; a shadow, and a judge of similar answers, as the house. Audits of these ask the route itself again, on the way that was taken.
 */
export function askedBeside(
  { shadow, accept, cache }: Route,
  caller: Caller,
  plan: Plan,
): readonly AskedBeside[] {
  const asked: AskedBeside[] = []
  const add = (purpose: Purpose, model: string | undefined, by: Caller): void => {
    const route = model === undefined ? undefined : plan.resolveRoute(model)
    if (model === undefined || route === undefined || !allowsRoute(by.models, route, model)) return
    asked.push({ purpose, model, route, caller: by })
  }
  add('judge', accept?.judge?.route, caller)
  add('shadow', shadow?.to, asHouse(caller))
  const similar = cache?.similar
  if (similar === undefined) return asked
  add('embed', similar.embeddings, caller)
  add('judge', similar.judge, asHouse(caller))
  return asked
}

/** A caller who asks for a route by a name. */
export interface AskingFor {
  readonly route: Route
  readonly caller: Caller
}

/** Of whom and where a request is, as guardrails are told. */
export function subjectAt({ route, caller }: AskingFor): GuardSubject {
  return { route: route.name, keyName: caller.keyName, project: caller.owners.project }
}

/** Whom checks ask about the requests of a caller and their answers, whatever comes of it: as the caller himself, whatever models his key is for. */
export function askedByChecks(asking: AskingFor, plan: Plan): readonly AskedBeside[] {
  const { models: _models, operations: _operations, ...caller } = asking.caller
  const subject = subjectAt(asking)
  const checks = (plan.guardrails?.all ?? []).filter(hasCheck)
  return checks.flatMap((by): readonly AskedBeside[] => {
    if (!by.phases.some((phase) => guardrailsFor({ all: [by] }, subject, phase).length > 0)) return []
    const { asks, mends } = by.check
    const route = asks === undefined ? undefined : plan.resolveRoute(asks.model)
    const asked: AskedBeside[] = []
    if (asks !== undefined && route !== undefined)
      asked.push({ purpose: 'classify', model: asks.model, route, caller, by })
    // Under all that holds for what is mended.
    if (mends === true)
      asked.push({ purpose: 'repair', model: asking.route.name, route: asking.route, caller })
    return asked
  })
}

/** What belongs to the request of the client alone: its options, and the envelope that it came in. */
const OF_THE_CLIENT = /^(headers|client\.name|request\.(model|dialect|tags|session|customer|purpose))/
/** What there is of a text alone. */
const OF_A_TEXT = /^(now\.|budget\.|client\.address)/
/** What a judge or a check tells grows with what was asked; the rest of the question is always the same. */
const OF_A_JUDGEMENT = /^(request\.input_tokens|now\.|budget\.|client\.address)/

/** The facts of what is asked on behalf of a request with these facts, besides those of whoever asks. */
export function factsBeside(
  { purpose, by }: AskedBeside,
  facts: ReadonlyMap<string, FactValue>,
): readonly (readonly [string, FactValue])[] {
  const operation = purpose === 'embed' ? 'embed' : by?.check.asks?.operation
  const own: [string, FactValue][] = [['request.purpose', purpose]]
  if (operation !== undefined) own.push(['request.operation', operation])
  if (isQuestion(purpose) && (operation ?? 'chat') === 'chat') own.push(['request.has_schema', true])
  return [...[...facts].filter(([name]) => isCarried(purpose, name)), ...own]
}

function isQuestion(purpose: Purpose): boolean {
  return purpose === 'judge' || purpose === 'classify'
}

function isCarried(purpose: Purpose, name: string): boolean {
  if (isQuestion(purpose)) return OF_A_JUDGEMENT.test(name)
  return purpose === 'embed' ? OF_A_TEXT.test(name) : !OF_THE_CLIENT.test(name)
}
