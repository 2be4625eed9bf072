import type { Plan } from '../gateway/plan.ts'
import type { JsonObject } from '../kit/json.ts'
import { replayDecision } from '../routing/replay.ts'
import type { RequestRow } from '../store/store.ts'
import { planHash, recordedWay } from './recorded-way.ts'

/** What became of a choice that was made again from its record. */
export type Replayed =
  | {
      readonly isSame: boolean
      /** Is the plan that by which it was made? */
      readonly isSamePlan: boolean
      /** Its steps now, and as they were recorded: JSON text. */
      readonly made: string
      readonly recorded: string
    }
  | { readonly impossible: string }

/** Makes the choice of a record again under a plan. */
export function replayRecord(row: RequestRow, record: JsonObject, plan: Plan): Replayed {
  const way = recordedWay(plan, record, row.requestedModel)
  if (way === undefined) return { impossible: 'the file has no such route' }
  const replay = replayDecision(record, way)
  if (replay === undefined) return { impossible: 'the record does not say what it was made from' }
  const { made, recorded } = replay
  const isSamePlan = planHash(plan.version) === planHash(row.planVersion)
  return { isSame: made === recorded, isSamePlan, made, recorded }
}
