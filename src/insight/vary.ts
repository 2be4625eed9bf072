import { shadowPrice, usedPercent, type BudgetUse } from '../exchange/budget-use.ts'
import type { Caller } from '../exchange/caller.ts'
import type { FactValue } from '../exchange/condition.ts'
import { featuresBeyond, featuresFrom } from '../exchange/features.ts'
import { isOperation } from '../exchange/operations/all.ts'
import { NO_RESTS, type RestView } from '../exchange/rest-view.ts'
import type { Target } from '../exchange/target.ts'
import { defined } from '../kit/defined.ts'
import { isArray, omitKeys } from '../kit/json.ts'
import { factsOfCaller } from './callers.ts'
import type { Imagined } from './decide-again.ts'

/** A request of which one thing is otherwise than it is. What else says the same of it says so too: features, options, the operation. */
export function withFact(imagined: Imagined, name: string, value: FactValue | undefined): Imagined {
  const { facts } = imagined
  const changed = ALSO[name]?.(imagined, value)
  return {
    ...imagined,
    ...changed,
    facts: { read: (asked) => (asked === name ? value : facts.read(asked)) },
  }
}

type Also = (imagined: Imagined, value: FactValue | undefined) => Partial<Imagined>

const flag =
  (feature: 'tools' | 'vision' | 'documents' | 'audio' | 'jsonSchema' | 'reasoning'): Also =>
  ({ features }, value) => ({ features: { ...features, [feature]: value === true } })

/** What stands for a fact beside the conditions, of a request. */
const ALSO: Readonly<Record<string, Also>> = {
  'request.has_tools': flag('tools'),
  'request.has_images': flag('vision'),
  'request.has_documents': flag('documents'),
  'request.has_audio': flag('audio'),
  'request.has_schema': flag('jsonSchema'),
  'request.reasoning': flag('reasoning'),
  'request.input_tokens': ({ features }, value) => ({
    features: { ...features, inputTokens: Number(value) },
  }),
  'request.max_output_tokens': ({ features }, value) => ({
    features: {
      ...featuresFrom(omitKeys(featuresBeyond(features) ?? {}, LIMIT)),
      ...defined({ maxOutputTokens: value === 0 ? undefined : Number(value) }),
    },
  }),
  'request.operation': ({ request }, value) =>
    typeof value === 'string' && isOperation(value) ? { request: { ...request, operation: value } } : {},
  'request.tags': ({ requestOptions }, value) => ({
    requestOptions: { ...requestOptions, tags: isArray(value) ? value.map(String) : [] },
  }),
  'request.session': ({ requestOptions }, value) => ({
    requestOptions: { ...requestOptions, session: textOf(value) },
  }),
  'request.customer': ({ requestOptions }, value) => ({
    requestOptions: { ...requestOptions, customer: textOf(value) },
  }),
}

function textOf(value: FactValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

const LIMIT = new Set(['maxOutputTokens'])

/** The same request of somebody else. */
export function withCaller(imagined: Imagined, caller: Caller): Imagined {
  const known = factsOfCaller(caller, imagined.request.model)
  const { facts } = imagined
  return { ...imagined, caller, facts: { read: (name) => known.get(name) ?? facts.read(name) } }
}

/** The same request while the budgets of its caller are used so far. */
export function withBudgets(imagined: Imagined, uses: readonly BudgetUse[]): Imagined {
  const varied = withFact(imagined, 'budget.used_percent', usedPercent(uses))
  return { ...varied, shadowPrice: shadowPrice(uses) }
}

/** The same request while whoever is meant rests, beside those that rest anyway. */
export function withRest(imagined: Imagined, isMeant: (target: Target) => boolean): Imagined {
  const { rests = NO_RESTS } = imagined
  return {
    ...imagined,
    rests: {
      ...viewOf(rests),
      target: (target) => (isMeant(target) ? REST_MS : rests.target(target)),
      isPartial: (target) => !isMeant(target) && rests.isPartial(target),
    },
  }
}

/** The same request while a target is well, and its credentials are taken. */
export function withoutRest(imagined: Imagined, id: string): Imagined {
  const { rests = NO_RESTS } = imagined
  const isIt = (target: Target): boolean => target.id === id && target.credentials.length > 0
  return {
    ...imagined,
    rests: {
      ...viewOf(rests),
      target: (target) => (isIt(target) ? undefined : rests.target(target)),
      credentials: (target) => (isIt(target) ? undefined : rests.credentials(target)),
    },
  }
}

/** As long as a circuit rests at first. */
const REST_MS = 5_000

/** A view is an object with methods, of which a copy has none. */
function viewOf(rests: RestView): RestView {
  return {
    target: (target) => rests.target(target),
    isPartial: (target) => rests.isPartial(target),
    credentials: (target) => rests.credentials(target),
    told: {},
  }
}
