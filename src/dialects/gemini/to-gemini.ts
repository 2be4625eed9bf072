import type { Towards } from '../towards.ts'

/** A request on its way to a provider of this dialect. */
export interface ToGemini extends Towards {
  /** Takes what the system prompt has to ask for, because no field can. */
  readonly sentences: string[]
  /** The name of the function of each call, which its result has to repeat. */
  readonly calls: ReadonlyMap<string, string>
}
