import { toJsonInstance } from '../json-instance.ts'
import { lastUserText, mustCall } from '../conversation.ts'
import type { SimulatedModel } from '../simulated-model.ts'
import { tools } from './tools.ts'

/** Answers in JSON: an instance of the requested schema, or a small object when only JSON was asked for. */
export const json: SimulatedModel = {
  name: 'json',
  summary: 'Answers with JSON that fits the requested schema.',
  options: {},
  answer: (request) => {
    const { chat, random } = request
    if (mustCall(chat)) return tools.answer(request)
    const value =
      chat.output?.type === 'json-schema'
        ? toJsonInstance(chat.output.schema, random)
        : { answer: 'This is a simulated answer in JSON.', about: lastUserText(chat).slice(0, 80) }
    return { blocks: [{ type: 'text', text: JSON.stringify(value) }], finish: { reason: 'stop' } }
  },
}
