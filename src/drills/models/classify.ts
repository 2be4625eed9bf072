import { parseJsonObject, parseJsonValue, readArray } from '../../kit/json.ts'
import { lastUserText, textOf } from '../conversation.ts'
import type { SimulatedModel } from '../simulated-model.ts'

/** Looks for what a rubric describes. Knows the material by which the house asks, and of the rubric what it has between quotes. */
export const classify: SimulatedModel = {
  name: 'classify',
  summary: 'Says that what a rubric describes was found where a text has a word that the rubric quotes.',
  options: { sureness: 'share' },
  answer: ({ chat, options }) => {
    const texts = readArray(parseJsonObject(lastUserText(chat)) ?? {}, 'texts').filter(isText)
    const instructions = chat.turns
      .filter(({ role }) => role === 'system')
      .map(({ blocks }) => textOf(blocks))
    const quoted = instructions.flatMap((text) => text.split('\n')).flatMap(quotedIn)
    const found = texts.some((text) => quoted.some((word) => text.toLowerCase().includes(word)))
    const reason = found ? 'A text has a word of the rubric.' : 'No text has a word of the rubric.'
    const text = JSON.stringify({ reason, found, sureness: options.number('sureness') ?? 0.9 })
    return { blocks: [{ type: 'text', text }], finish: { reason: 'stop' }, exact: true }
  },
}

/** What stands between quotes in a line that is a JSON string, which is how rubrics are told. */
function quotedIn(line: string): readonly string[] {
  const rubric = line.startsWith('"') ? parseJsonValue(line)?.value : undefined
  return isText(rubric) ? [...rubric.matchAll(/"([^"]+)"/g)].map(([, word = '']) => word.toLowerCase()) : []
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
