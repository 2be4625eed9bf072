import type { ModelCard } from '../simulated-model.ts'

/** Gives verdicts; asked for by the operation, not by a script. */
export const moderate: ModelCard = {
  name: 'moderate',
  summary: 'Verdicts by a short list of words in a few categories.',
  options: { inputs: 'count', images: 'count', error: 'count' },
}
