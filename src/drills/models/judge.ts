import { parseJsonObject, readObjects, readString } from '../../kit/json.ts'
import { lastUserText } from '../conversation.ts'
import type { SimulatedModel } from '../simulated-model.ts'

/** Shorter words are mostly grammar, and prove nothing. */
const SHORTEST_WORD = 4
const [GOOD, BAD] = [0.9, 0.2] as const

/** Judges answers by whether they speak of what was asked. Knows the material by which the house asks a judge. */
export const judge: SimulatedModel = {
  name: 'judge',
  summary: 'Judges an answer by whether it has a word of the question, or gives it the `score`.',
  options: { score: 'share' },
  answer: ({ chat, options }) => {
    const material = parseJsonObject(lastUserText(chat)) ?? {}
    const [question] = readObjects(material, 'conversation')
      .filter((turn) => readString(turn, 'role') === 'user')
      .slice(-1)
    const asked = wordsOf(question === undefined ? '' : (readString(question, 'text') ?? ''))
    const said = new Set(wordsOf(readString(material, 'answer') ?? ''))
    const score = options.number('score') ?? (asked.some((word) => said.has(word)) ? GOOD : BAD)
    const text = JSON.stringify({ acceptable: score >= 0.5, score })
    return { blocks: [{ type: 'text', text }], finish: { reason: 'stop' }, exact: true }
  },
}

function wordsOf(text: string): readonly string[] {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? []
  return words.filter((word) => word.length >= SHORTEST_WORD)
}
