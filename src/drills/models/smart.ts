import type { ChatRequest } from '../../exchange/chat.ts'
import type { Random } from '../../kit/random.ts'
import { freshToolResults, lastUserText, mustCall } from '../conversation.ts'
import { countTokens } from '../pieces.ts'
import { pick, sentence, sentences } from '../prose.ts'
import type { SimulatedModel } from '../simulated-model.ts'
import { json } from './json.ts'
import { tools } from './tools.ts'

const OPENINGS = ['Here is a short answer about', 'Let me take up', 'In brief, on', 'Some thoughts on']
const CLOSING = 'This text was made up by the simulated provider.'
/** No answer is longer, whatever is asked for. */
const MOST_TOKENS = 200_000
const GREETING = /\b(?:hi|hello|hey|hallo|bonjour)\b/i
const SUBJECT_WORDS = 4
/** Shorter words are mostly grammar. */
const SHORTEST_SUBJECT_WORD = 4
/** Longer prompts are judged by their beginning. */
const PROMPT_CHARACTERS = 2_000

/** Plausible text about the prompt; a call or JSON where the request asks for it. */
export const smart: SimulatedModel = {
  name: 'smart',
  summary: 'Plausible text about the prompt, the same for the same prompt; about `tokens` long.',
  options: { tokens: 'count' },
  answer: (request) => {
    const { chat, random, options } = request
    if (mustCall(chat)) return tools.answer(request)
    if (chat.output !== undefined && chat.output.type !== 'text') return json.answer(request)
    const text = proseAbout(chat, random)
    const more = Math.min(options.number('tokens') ?? 0, MOST_TOKENS) - countTokens(text)
    const long = more > 0 ? `${text}\n\n${sentences(random, more)}` : text
    return { blocks: [{ type: 'text', text: long }], finish: { reason: 'stop' } }
  },
}

function proseAbout(chat: ChatRequest, random: Random): string {
  const [result] = freshToolResults(chat)
  if (result !== undefined) return `The tool ${result.name} says: ${result.text} ${CLOSING}`
  const prompt = lastUserText(chat).slice(0, PROMPT_CHARACTERS)
  if (GREETING.test(prompt)) return `Hello! How can I help you today? ${CLOSING}`
  const subject = subjectOf(prompt)
  const opening = subject === '' ? 'Let me begin.' : `${pick(OPENINGS, random)} ${subject}.`
  return `${opening} ${sentence(random)} ${sentence(random)} ${CLOSING}`
}

function subjectOf(prompt: string): string {
  const words = prompt.match(/[\p{L}\p{N}'-]+/gu) ?? []
  return words
    .filter((word) => word.length >= SHORTEST_SUBJECT_WORD)
    .slice(0, SUBJECT_WORDS)
    .join(' ')
}
