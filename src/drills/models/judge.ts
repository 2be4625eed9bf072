import { parseJsonObject, readObjects, readString, type JsonObject } from '../../kit/json.ts'
import { lastUserText } from '../conversation.ts'
import type { SimulatedModel } from '../simulated-model.ts'

/** Shorter words are mostly grammar, and prove nothing. */
const SHORTEST_WORD = 4
const [GOOD, BAD] = [0.9, 0.2] as const

/** Judges answers by whether they speak of what was asked, and whether two are the same by the words that they share. Knows the material by which the house asks a judge. */
export const judge: SimulatedModel = {
  name: 'judge',
  summary:
    'Judges an answer by whether it has a word of the question, and two by the words that they share, or gives the `score`.',
  options: { score: 'share' },
  answer: ({ chat, options }) => {
    const material = parseJsonObject(lastUserText(chat)) ?? {}
    if ('first' in material) return replyWith({ same: saysTheSame(material, options.number('score')) })
    const [question] = readObjects(material, 'conversation')
      .filter((turn) => readString(turn, 'role') === 'user')
      .slice(-1)
    const asked = wordsOf(question === undefined ? '' : (readString(question, 'text') ?? ''))
    const said = new Set(wordsOf(readString(material, 'answer') ?? ''))
    const score = options.number('score') ?? (asked.some((word) => said.has(word)) ? GOOD : BAD)
    return replyWith({ acceptable: score >= 0.5, score })
  },
}

function replyWith(verdict: JsonObject): ReturnType<SimulatedModel['answer']> {
  const text = JSON.stringify(verdict)
  return { blocks: [{ type: 'text', text }], finish: { reason: 'stop' }, exact: true }
}

/** Two answers are the same where each has most words of the other. */
function saysTheSame(material: JsonObject, score: number | undefined): boolean {
  if (score !== undefined) return score >= 0.5
  const [first, second] = ['first', 'second'].map(
    (name) => new Set(wordsOf(readString(material, name) ?? '')),
  )
  if (first === undefined || second === undefined) return false
  const shared = [...first].filter((word) => second.has(word)).length
  return shared * 2 >= Math.max(first.size, second.size)
}

function wordsOf(text: string): readonly string[] {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? []
  return words.filter((word) => word.length >= SHORTEST_WORD)
}
