import type { ChatRequest, Turn } from '../../exchange/chat.ts'
import type { RoutedExchange } from '../../exchange/exchange.ts'
import type { ModelRequest } from '../../exchange/operations/all.ts'
import { sha256Hex } from '../../kit/hash.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { QuestionKey } from '../cache-key.ts'
import { readQuestion, type QuestionReading } from './read-question.ts'

/** Why a request is only ever compared as it is: each of them is where a similar question has another answer. */
export const NEVER_FUZZY = [
  'operation',
  'tools',
  'turn',
  'long',
  'time',
  'personal',
  'code',
  'flagged',
  'inexact',
] as const

export type NeverFuzzy = (typeof NEVER_FUZZY)[number]

/** A request of which one part need not be the same: what its user has said last. */
export interface FuzzyQuestion {
  /** SHA-256 of everything else, and of whom it is for: questions of different partitions are never compared. */
  readonly partition: string
  /** For whom answers are kept, as `scope:id`. */
  readonly owner: string
  /** What the user has said last. */
  readonly text: string
  readonly reading: QuestionReading
}

/**
 * What of an exchange need not be the same for its answer to be the same, or why nothing may differ. The partition holds everything
 * that the exact key holds, but for the text of the last turn.
 *
 * @param keyOf the exact key of an exchange, and for whom answers to it are kept
 * @param space in whose vectors texts are compared: those of one model mean nothing to another
 */
export function fuzzyQuestion(
  exchange: RoutedExchange,
  keyOf: (exchange: RoutedExchange) => QuestionKey | undefined,
  space: string,
): FuzzyQuestion | { readonly never: NeverFuzzy } {
  const { trail, placeholders, request } = exchange
  if (placeholders !== undefined || (trail.guard?.flags.length ?? 0) > 0) return { never: 'flagged' }
  const split = splitRequest(request)
  if ('never' in split) return split
  const key = keyOf({ ...exchange, request: split.rest })
  if (key === undefined) return { never: 'inexact' }
  const { owner } = key
  const never = neverFuzzyText(split.text, isOfOnePerson(owner))
  if (never !== undefined) return { never }
  const reading = readQuestion(split.text)
  const language = reading.isEnglish ? 'en' : 'other'
  return { partition: sha256Hex([key.key, space, language].join('\n')), owner, text: split.text, reading }
}

/** The text that the user has said last, and the request without it. */
function splitRequest(
  request: ModelRequest,
): { readonly text: string; readonly rest: ChatRequest } | { readonly never: NeverFuzzy } {
  if (request.operation !== 'chat') return { never: 'operation' }
  if ((request.tools?.length ?? 0) > 0 || request.turns.some(usesTools)) return { never: 'tools' }
  const last = request.turns.at(-1)
  if (last?.role !== 'user') return { never: 'turn' }
  const texts: string[] = []
  for (const block of last.blocks) {
    if (block.type !== 'text' || block.citations !== undefined) return { never: 'turn' }
    texts.push(block.text)
  }
  const bare: Turn = { ...last, blocks: last.blocks.map((block) => ({ ...block, text: '' })) }
  return { text: texts.join('\n'), rest: { ...request, turns: [...request.turns.slice(0, -1), bare] } }
}

function usesTools({ blocks }: Turn): boolean {
  return blocks.some(({ type }) => type === 'tool-call' || type === 'tool-result' || type === 'native')
}

/** Of everybody whom an answer is given to, `scope:id`, only these are one person, or one customer. */
export function isOfOnePerson(owner: string): boolean {
  return owner.startsWith('user:') || owner.startsWith('customer:')
}

/** What has another answer each time that it is asked. */
const OF_THE_MOMENT =
  /\b(?:today|tonight|tomorrow|yesterday|now|nowadays|currently?|latest|recent(?:ly)?|newest|lately|upcoming|just now|so far|ago|right away|at the moment|(?:this|last|next|past|coming) (?:second|minute|hour|day|morning|afternoon|evening|night|week|weekend|month|quarter|season|year|decade|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|what time is it|what day is it|weather|forecast|breaking|news|stock price|share price|exchange rate|traffic|in stock|live score)\b|\d{4}-\d\d-\d\d|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b/i

/** In other languages only a few of them are known; there texts are compared as they are. */
const OF_THE_MOMENT_ELSEWHERE =
  /(?<!\p{L})(?:heute|gestern|morgen|jetzt|aktuell\p{L}*|aujourd'hui|hier|demain|maintenant|actuel\p{L}*|hoy|ayer|mañana|ahora|actualmente|oggi|ieri|domani|adesso|vandaag|gisteren|nu|hoje|ontem|agora|сегодня|сейчас|завтра|вчера)(?!\p{L})|今天|现在|明天|昨天|今日|昨日|明日|오늘|지금|내일|어제/iu

/** What has another answer for each person. */
const PERSONAL =
  /\b(?:my|mine|our|ours|myself|account|for me|about me|am i|do i owe|i am|i'm|i've|i was|i have|we are|we have)\b/i

/** Code is another one where one sign is. */
const CODE =
  /```|`[^`]+`|[{};]\s*$|=>|<\/?[a-z][\w-]*>|\b(?:def|function|class|const|import|select|insert|update)\b.*[({;=*]|\b(?:write|generate|implement|create|fix|debug|refactor|optimi[sz]e|complete|review)\b.{0,40}\b(?:code|functions?|scripts?|program|regex|sql|query|class|algorithm|component|unit tests?|snippet|method|html|css|python|javascript|typescript|java|rust|bash)\b/im

/** Why a text is only compared as it is. Pure: it can be asked of what a log has kept. */
export function neverFuzzyText(text: string, isOfOne: boolean): NeverFuzzy | undefined {
  if (text.trim() === '') return 'turn'
  if (text.length > LIMITS.similarQuestionCharacters) return 'long'
  if (OF_THE_MOMENT.test(text) || OF_THE_MOMENT_ELSEWHERE.test(text)) return 'time'
  if (CODE.test(text)) return 'code'
  return !isOfOne && PERSONAL.test(text) ? 'personal' : undefined
}
