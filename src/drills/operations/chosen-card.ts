import { NO_USAGE, type Usage } from '../../exchange/usage.ts'
import type { ModelCard } from '../simulated-model.ts'
import { VendorError } from '../vendor-error.ts'
import { playedBy, type Visit } from '../visit.ts'
import { chooseModel, type ChosenModel } from '../write-scripts.ts'

/*
 * Models that do one thing and have no script: what their operations have in common.
 */

/** The model that a request names, or the refusal that it asked for (`embed?error=503`). Throws `VendorError`. */
export function chooseCard(visit: Visit, name: string, card: ModelCard): ChosenModel {
  const { vendor } = visit.api
  const chosen = chooseModel(playedBy(visit, name), new Map([[card.name, card]]), vendor)
  const status = chosen.options.number('error')
  if (status !== undefined) throw vendor.statusError(status)
  return chosen
}

/** Refuses more inputs than the model takes at once, by the name of the field that holds them. Throws `VendorError`. */
export function checkCount(count: number, most: number, field: string): void {
  if (count <= most) return
  throw new VendorError(400, `Invalid '${field}': at most ${most} are taken at once, not ${count}.`, {
    param: field,
  })
}

/** What reading so many tokens uses. */
export function readingUsage(sizes: readonly number[]): Usage {
  return { ...NO_USAGE, inputTokens: sizes.reduce((sum, size) => sum + size, 0) }
}
