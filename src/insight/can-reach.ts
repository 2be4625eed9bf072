import type { Caller } from '../exchange/caller.ts'
import type { FactValues } from '../exchange/condition.ts'
import type { Constraint } from '../exchange/constraint.ts'
import { NO_FEATURES, type RequestFeatures } from '../exchange/features.ts'
import { NO_LOADS } from '../exchange/load-view.ts'
import { isOperation, MODEL_OPERATIONS, OPERATIONS, type Operation } from '../exchange/operations/all.ts'
import { NO_RESTS, REFUSED, type RestView } from '../exchange/rest-view.ts'
import { entriesOf, type Route } from '../exchange/route.ts'
import type { Target } from '../exchange/target.ts'
import { randomOf } from '../kit/random.ts'
import type { ChoiceQuestion } from '../routing/choice.ts'
import { createChooser } from '../routing/choose.ts'
import { allowsTarget } from '../routing/model-patterns.ts'

/** A request that is imagined, on one of the ways of its route. */
export interface Asking {
  readonly model: string
  readonly caller: Caller
  readonly facts: FactValues
  readonly way: Route
  readonly only: readonly Constraint[] | undefined
}

/** May an attempt for this request go to a target, whatever fails before it? So it is when everybody else rests. */
export function canReach(asking: Asking, target: Target): boolean {
  const choose = createChooser()
  const { operation: said, features } = needsOf(asking.facts)
  const operations = said === undefined ? operationsAt(asking.way) : [said]
  return operations.some((operation) =>
    choose(questionOf(asking, { operation, features, rests: allBut(target) })).candidates.some(
      (candidate) => candidate.target.id === target.id,
    ),
  )
}

/** What can be asked of the targets of a route: chat, where nothing is known of them. */
export function operationsAt(route: Route): readonly Operation[] {
  const isKnown = entriesOf(route).some(({ target }) => target.capabilities.operations !== undefined)
  return isKnown ? MODEL_OPERATIONS : MODEL_OPERATIONS.slice(0, 1)
}

/** The first provider, or target, without which nobody is left to ask on a way; undefined where there is none. */
export function survives(way: Route, lossOf: 'provider' | 'target'): string | undefined {
  const choose = createChooser()
  const nameOf = ({ provider, id }: Target): string => (lossOf === 'provider' ? provider : id)
  const all = [...way.targets, ...way.fallback].map(({ target }) => target)
  return [...new Set(all.map(nameOf))].find((lost) => {
    const isLeft = new Set(all.filter((target) => nameOf(target) !== lost).map(({ id }) => id))
    const { candidates } = choose({
      route: way,
      only: way.only,
      features: NO_FEATURES,
      operation: OPERATIONS.chat,
      rests: NO_RESTS,
      load: NO_LOADS,
      random: randomOf(way.name),
      permits: (id) => isLeft.has(id),
    })
    return candidates.length === 0
  })
}

interface Needs {
  readonly operation: Operation
  readonly features: RequestFeatures
  readonly rests: RestView
}

function questionOf({ model, caller, way, only }: Asking, needs: Needs): ChoiceQuestion {
  const { models } = caller
  return {
    route: way,
    only,
    features: needs.features,
    operation: OPERATIONS[needs.operation],
    rests: needs.rests,
    load: NO_LOADS,
    random: randomOf(model),
    isBudgeted: !caller.budgetPeriods.isEmpty,
    permits: models === undefined ? undefined : (id) => allowsTarget(models, [model, way.name], id),
  }
}

function allBut({ id }: Target): RestView {
  return {
    ...NO_RESTS,
    credentials: (target) => (target.id === id && target.credentials.length > 0 ? undefined : REFUSED),
  }
}

/** What a request with these facts needs. */
function needsOf({ read }: FactValues): { operation: Operation | undefined; features: RequestFeatures } {
  const operation = read('request.operation')
  return {
    operation: typeof operation === 'string' && isOperation(operation) ? operation : undefined,
    features: {
      ...NO_FEATURES,
      tools: read('request.has_tools') === true,
      vision: read('request.has_images') === true,
      documents: read('request.has_documents') === true,
      audio: read('request.has_audio') === true,
      jsonSchema: read('request.has_schema') === true,
      reasoning: read('request.reasoning') === true,
      inputTokens: Number(read('request.input_tokens')),
    },
  }
}
