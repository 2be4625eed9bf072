import type { ChatRequest } from '../../exchange/chat.ts'
import { textOf } from '../conversation.ts'
import type { SimulatedModel } from '../simulated-model.ts'

const USUAL_SHEEP = 12
const MOST_SHEEP = 20_000

/** Says a text that is the same for everybody, and goes on with it where the conversation has its beginning. */
export const recite: SimulatedModel = {
  name: 'recite',
  summary:
    'Counts sheep, `to` twelve; from where the last answer in the conversation left off, with the last `repeat` characters of that once more.',
  options: { to: 'count', repeat: 'count' },
  answer: ({ chat, options }) => {
    const whole = counted(Math.min(options.number('to') ?? USUAL_SHEEP, MOST_SHEEP))
    const from = Math.max(0, saidOf(whole, chat) - (options.number('repeat') ?? 0))
    return { blocks: [{ type: 'text', text: whole.slice(from) }], finish: { reason: 'stop' } }
  },
}

function counted(to: number): string {
  const sheep = Array.from({ length: to }, (_, index) => `${index + 1} sheep`)
  return `Let me count: ${sheep.join(', ')}.`
}

/** How much of a text the last answer in a conversation has said. */
function saidOf(whole: string, { turns }: ChatRequest): number {
  const last = turns.findLast(({ role }) => role === 'assistant')
  const said = last === undefined ? '' : textOf(last.blocks)
  return whole.startsWith(said) ? said.length : 0
}
