import type { Capabilities, Target } from '../exchange/target.ts'
import type { PathStep, ProblemDraft } from './problems.ts'

const DAY_MS = 86_400_000
/** Announced long before; warned of in time to change to another model and try it. */
const SOON_DAYS = 60

/** The day on which a model is retired, where that is announced and near or past; undefined otherwise. */
export function nearEnd({ retiresOn, retiresAtEarliest }: Capabilities, nowMs: number): string | undefined {
  if (retiresOn === undefined || retiresAtEarliest === true) return undefined
  return Date.parse(retiresOn) - nowMs <= SOON_DAYS * DAY_MS ? retiresOn : undefined
}

/** Warns of a target whose model is retired, or soon will be. */
export function retirementWarnings(
  { id, provider, retiring, capabilities: { successor } }: Target,
  path: readonly PathStep[],
  nowMs: number,
): readonly ProblemDraft[] {
  if (retiring === undefined) return []
  const isPast = Date.parse(retiring) <= nowMs
  const hint =
    successor === undefined
      ? 'Choose another model; where the day is wrong, say so (retires, under models).'
      : `Its provider recommends ${provider}/${successor}.`
  const message = `${id} ${isPast ? 'was' : 'will be'} retired on ${retiring}`
  return [{ path, severity: 'warning', message, hint }]
}
