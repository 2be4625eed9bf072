import { lastUserText } from '../conversation.ts'
import type { SimulatedModel } from '../simulated-model.ts'

/** Says the last user text again, to the letter. */
export const echo: SimulatedModel = {
  name: 'echo',
  summary: 'Repeats the last user text exactly.',
  options: {},
  answer: ({ chat }) => ({
    blocks: [{ type: 'text', text: lastUserText(chat) }],
    finish: { reason: 'stop' },
    exact: true,
  }),
}
