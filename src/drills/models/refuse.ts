import type { SimulatedModel } from '../simulated-model.ts'

const EXPLANATION = 'I cannot help with that request.'

/** Declines in the way its vendor's models do. */
export const refuse: SimulatedModel = {
  name: 'refuse',
  summary: 'Refuses to answer.',
  options: {},
  answer: () => ({
    blocks: [{ type: 'refusal', text: EXPLANATION }],
    finish: { reason: 'refusal', explanation: EXPLANATION },
  }),
}
