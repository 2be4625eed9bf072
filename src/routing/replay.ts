import { readInputs } from '../exchange/decision-inputs.ts'
import { writtenAs, writtenChoice } from '../exchange/decision-record.ts'
import { requestIdOf } from '../exchange/decision.ts'
import { isOperation, OPERATIONS } from '../exchange/operations/all.ts'
import type { Route } from '../exchange/route.ts'
import { readString, type JsonObject } from '../kit/json.ts'
import { randomOf } from '../kit/random.ts'
import type { Choice, ChoiceQuestion } from './choice.ts'
import { createChooser } from './choose.ts'

/** A choice that was made again. */
export interface Replay {
  readonly choice: Choice
  /** Its steps as the record would hold them, and as it does: JSON text. */
  readonly made: string
  readonly recorded: string
}

/**
 * Makes the choice of a record again, from its inputs and the route that it was made for: the same steps, byte for byte. Undefined
 * where the record holds no inputs: no model was chosen, or it was written before they were kept.
 */
export function replayDecision(record: JsonObject, route: Route): Replay | undefined {
  const question = questionOf(record, route)
  if (question === undefined) return undefined
  const choice = createChooser()(question)
  const { filter, rank } = choice
  const steps = [filter, rank].filter((step) => step !== undefined)
  return { choice, made: writtenAs(record, steps), recorded: writtenChoice(record) }
}

/** The question that the choice of a record answered. */
function questionOf(record: JsonObject, route: Route): ChoiceQuestion | undefined {
  const id = readString(record, 'id')
  const inputs = readInputs(record, route)
  if (id === undefined || inputs === undefined || !isOperation(inputs.operation)) return undefined
  const { operation, barred, ...rest } = inputs
  return {
    route,
    ...rest,
    operation: OPERATIONS[operation],
    random: randomOf(requestIdOf(id)),
    ...(barred.size === 0 ? {} : { barred }),
  }
}
