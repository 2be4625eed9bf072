import type { ModelCard } from '../simulated-model.ts'

/** Makes vectors; asked for by the operation, not by a script. */
export const embed: ModelCard = {
  name: 'embed',
  summary: 'Vectors of 256 numbers (`dimensions`), near each other where texts share words.',
  options: { dimensions: 'count', inputs: 'count', error: 'count' },
}
