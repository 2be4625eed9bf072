import { sentences } from '../prose.ts'
import type { SimulatedModel } from '../simulated-model.ts'

/** Says the first stop sequence of the request after a sentence, so that it ends there. */
export const stop: SimulatedModel = {
  name: 'stop',
  summary: 'Runs into the first stop sequence of the request.',
  options: {},
  answer: ({ chat, random }) => {
    const before = sentences(random, 12)
    const text = `${before} ${chat.stop?.[0] ?? ''} This part lies behind the stop sequence.`
    return { blocks: [{ type: 'text', text }], finish: { reason: 'stop' } }
  },
}
