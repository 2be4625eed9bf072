import type { SimulatedModel } from '../simulated-model.ts'
import { sentences } from '../prose.ts'

/** Speaks this many tokens when the request sets no maximum; models end somewhere too. */
const DEFAULT_TOKENS = 2_000
/** No request is answered with more, whatever it allows. */
const MOST_TOKENS = 200_000

/** Talks until its limit of tokens stops it. */
export const long: SimulatedModel = {
  name: 'long',
  summary: 'Speaks until the maximum of output tokens (or `tokens`) ends it.',
  options: { tokens: 'count' },
  answer: ({ chat, options, random }) => {
    const tokens = options.number('tokens') ?? chat.maxOutputTokens ?? DEFAULT_TOKENS
    return {
      blocks: [{ type: 'text', text: sentences(random, Math.min(tokens, MOST_TOKENS)) }],
      finish: { reason: 'length' },
    }
  },
}
