import type { SimulatedModel } from '../simulated-model.ts'

/** Finishes without having said anything. */
export const empty: SimulatedModel = {
  name: 'empty',
  summary: 'Finishes properly without any content.',
  options: {},
  answer: () => ({ blocks: [], finish: { reason: 'stop' } }),
}
