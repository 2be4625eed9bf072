import type { ModelCard } from '../simulated-model.ts'

/** Ranks documents; asked for by the operation, not by a script. */
export const rerank: ModelCard = {
  name: 'rerank',
  summary: 'Documents in the order in which they share words with the question.',
  options: { documents: 'count', context: 'count', error: 'count' },
}
