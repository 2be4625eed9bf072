import { toJsonInstance } from '../json-instance.ts'
import { lastUserText } from '../conversation.ts'
import type { SimulatedModel } from '../simulated-model.ts'

/** Answers in JSON: an instance of the requested schema, or a small object when only JSON was asked for. */
export const json: SimulatedModel = {
  name: 'json',
  summary: 'Answers with JSON that fits the requested schema.',
  options: {},
  answer: ({ chat, random }) => {
    const value =
      chat.output?.type === 'json-schema'
        ? toJsonInstance(chat.output.schema, random)
        : { answer: 'This is a simulated answer in JSON.', about: lastUserText(chat).slice(0, 80) }
    return { blocks: [{ type: 'text', text: JSON.stringify(value) }], finish: { reason: 'stop' } }
  },
}
