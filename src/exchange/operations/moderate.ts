import { createListFold, listFeatures, listInputs, type ListAnswer, type MixedInput } from './inputs.ts'
import type { OperationRow, RequestSpine } from './operation-row.ts'

/** Asks for one verdict per input. */
export interface ModerateRequest extends RequestSpine {
  readonly operation: 'moderate'
  /** At least one. */
  readonly inputs: readonly (string | MixedInput)[]
  readonly stream: false
}

/** What was found in one input. The names of the categories are those of the provider. */
export interface Verdict {
  readonly type: 'verdict'
  /** Which input, from 0. */
  readonly input: number
  /** True where at least one category was found. */
  readonly flagged: boolean
  readonly categories: Readonly<Record<string, boolean>>
  /** How sure the model is of each, 0 to 1. */
  readonly scores: Readonly<Record<string, number>>
  /** What of the input each category was looked for in: `text`, `image`; absent where the provider does not say. */
  readonly lookedAt?: Readonly<Record<string, readonly string[]>>
}

/** All verdicts of an answer, in the order of the inputs. */
export type Verdicts = ListAnswer<Verdict>

/** Whether texts and images hold what should not be said or shown. */
export const moderate: OperationRow<ModerateRequest, Verdict, Verdicts> = {
  name: 'moderate',
  features: listFeatures,
  isSteady: () => true,
  charge: 'usage',
  writes: 'nothing',
  proves: 'target',
  repeat: 'until-first-event',
  servedBy: 'few',
  // Each verdict stands for itself, whoever gave it.
  interchangeable: true,
  inputs: listInputs(),
  meaning: { verdict: true },
  lastWord: 'verdict',
  createFold: () => createListFold('verdict'),
}
