import type { Caller } from '../exchange/caller.ts'
import type { FactValue } from '../exchange/condition.ts'
import type { Purpose } from '../exchange/purpose.ts'
import type { Route } from '../exchange/route.ts'
import type { Plan } from '../gateway/plan.ts'
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
}

/** Who is asked on behalf of a caller for whom a route, or a step of one, was taken: a judge as the caller himself, a shadow as the house. */
export function askedBeside({ shadow, accept }: Route, caller: Caller, plan: Plan): readonly AskedBeside[] {
  const asked: AskedBeside[] = []
  const add = (purpose: Purpose, model: string | undefined, by: Caller): void => {
    const route = model === undefined ? undefined : plan.resolveRoute(model)
    if (model === undefined || route === undefined || !allowsRoute(by.models, route, model)) return
    asked.push({ purpose, model, route, caller: by })
  }
  add('judge', accept?.judge?.route, caller)
  add('shadow', shadow?.to, asHouse(caller))
  return asked
}

/** What belongs to the request of the client alone: its options, and the envelope that it came in. */
const OF_THE_CLIENT = /^(headers|client\.name|request\.(model|dialect|tags|session|customer|purpose))/
/** What a judge is told grows with what was asked; the rest of the question is always the same. */
const OF_A_JUDGEMENT = /^(request\.input_tokens|now\.|budget\.|client\.address)/

/** The facts of what is asked on behalf of a request with these facts, besides those of whoever asks. */
export function factsBeside(
  { purpose }: AskedBeside,
  facts: ReadonlyMap<string, FactValue>,
): readonly (readonly [string, FactValue])[] {
  const isJudge = purpose === 'judge'
  const carried = [...facts].filter(([name]) =>
    isJudge ? OF_A_JUDGEMENT.test(name) : !OF_THE_CLIENT.test(name),
  )
  const own: readonly (readonly [string, FactValue])[] = isJudge ? [['request.has_schema', true]] : []
  return [...carried, ...own, ['request.purpose', purpose]]
}
