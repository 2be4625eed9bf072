import { sentences } from '../prose.ts'
import type { SimulatedModel } from '../simulated-model.ts'
import { smart } from './smart.ts'

const REASONING_TOKENS = 24

/** Thinks before it answers, unless told not to. Its vendor signs the reasoning where the wire has a place for a signature. */
export const reason: SimulatedModel = {
  name: 'reason',
  summary: 'Reasons first (`tokens`, 24), then answers like smart.',
  options: { tokens: 'count' },
  answer: (request) => {
    const answer = smart.answer(request)
    const options = request.chat.reasoning
    if (options?.mode === 'off' || options?.effort === 'none') return answer
    const thought = sentences(request.random, request.options.number('tokens') ?? REASONING_TOKENS)
    return { ...answer, blocks: [{ type: 'reasoning', text: thought, form: 'full' }, ...answer.blocks] }
  },
}
