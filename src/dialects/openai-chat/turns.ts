import type { Turn } from '../../exchange/chat.ts'
import type { TextBlock } from '../../exchange/content.ts'
import { isObject, type Json, type JsonObject } from '../../kit/json.ts'
import { arrangeTurns, type TurnRules } from '../arrange-turns.ts'
import { isBlank } from '../blank-text.ts'
import { wordsForOutput } from '../output-format.ts'
import { refuseBlock } from '../refuse-block.ts'
import { settling } from '../settle-blocks.ts'
import type { Towards } from '../towards.ts'
import { BLOCKS, contentOf, TEXT_SEPARATOR } from './blocks.ts'
import { echoReasoning } from './echo-reasoning.ts'
import { FAMILY } from './vocabulary.ts'

/** What Chat Completions demands of a conversation, and the servers that speak it. */
const RULES: TurnRules<Towards> = {
  settle: settling(FAMILY, 'messages', {
    text: (block, turn) => (isBlank(block.text) && saysNothing(turn) ? undefined : block),
    reasoning: (block, { role, at }, { notice }) => {
      if (role === 'assistant') return block
      notice('reasoning.dropped', at)
      return undefined
    },
  }),
  names: true,
  ranks: ({ quirks }) => quirks.developerRole !== 'system',
  midSystem: ({ capabilities }) => capabilities.midSystemTurns !== false,
  joins: (_turn, { quirks }) => quirks.alternateTurns === true,
  joint: TEXT_SEPARATOR,
  mediaInResults: false,
  trimsPrefill: false,
}

/** Does a blank text of the turn say nothing? Some targets refuse it beside others; in an answer it was part of one stream once. */
function saysNothing({ role, blocks }: Turn): boolean {
  if (role !== 'user') return role === 'system'
  return blocks.some((block) => block.type !== 'text' || !isBlank(block.text))
}

/** Writes a conversation as `messages`. */
export function writeTurns(to: Towards): JsonObject[] {
  const messages: JsonObject[] = []
  const words = wordsForOutput(to)
  if (words !== undefined) messages.push({ role: 'system', content: words })
  for (const turn of arrangeTurns(to.chat.turns, RULES, to)) writeTurn(turn, to, messages)
  return messages
}

function writeTurn(turn: Turn, to: Towards, messages: JsonObject[]): void {
  if (turn.role === 'assistant') messages.push(writeAssistant(turn, to))
  else if (turn.role === 'system')
    messages.push(
      toMessage(turn, turn.rank === undefined ? 'system' : 'developer', contentOf(turn.blocks, to)),
    )
  else writeUser(turn, to, messages)
}

/** Every result is a message of its own; they stand first. */
function writeUser(turn: Turn, to: Towards, messages: JsonObject[]): void {
  const { blocks } = turn
  let results = 0
  for (const block of blocks) {
    if (block.type === 'tool-call')
      refuseBlock(block, 'A call of a tool stands in an answer of the assistant only.')
    if (block.type !== 'tool-result') continue
    results += 1
    messages.push(BLOCKS.write(block, to))
  }
  const others = results === 0 ? blocks : blocks.slice(results)
  if (others.length > 0 || results === 0) messages.push(toMessage(turn, 'user', contentOf(others, to)))
}

function toMessage({ extra, name }: Turn, role: string, content: Json): JsonObject {
  const message = name === undefined ? { role, content } : { role, content, name }
  const own = extra?.[FAMILY]
  return own === undefined ? message : { ...own, ...message }
}

function writeAssistant(turn: Turn, to: Towards): JsonObject {
  const calls = turn.blocks.filter((block) => block.type === 'tool-call')
  const { content, refusal, audio } = answerOf(turn, to)
  const reasoning = echoReasoning(turn, calls.length > 0, to)
  const isEmpty = content === undefined && refusal === undefined && audio === undefined
  if (isEmpty && calls.length === 0 && Object.keys(reasoning).length === 0) to.notice('turn.emptied', turn.at)
  return {
    ...turn.extra?.[FAMILY],
    role: 'assistant',
    // Null content is legal beside calls or audio only, and several servers want the key to be there.
    content: content ?? (calls.length > 0 || audio !== undefined || refusal !== undefined ? null : ''),
    refusal,
    name: turn.name,
    ...reasoning,
    audio,
    tool_calls: calls.length === 0 ? undefined : calls.map((call) => BLOCKS.write(call, to)),
  }
}

interface Answer {
  content?: Json
  refusal?: string
  audio?: JsonObject
}

/** What an assistant turn says besides its calls. Texts are joined without a separator: they were one stream once. */
function answerOf({ blocks, at }: Turn, to: Towards): Answer {
  const answer: Answer = {}
  const parts: JsonObject[] = []
  let text = ''
  let called = false
  for (const block of blocks) {
    if (block.type === 'tool-call') called = true
    else if (block.type === 'refusal') answer.refusal = (answer.refusal ?? '') + block.text
    else if (block.type === 'native') {
      const audio = audioIn(block.raw)
      if (audio === undefined) {
        parts.push(...textPart(text), block.raw)
        text = ''
      } else answer.audio = audio
    } else if (block.type !== 'reasoning') {
      if (block.type === 'text') noteUnsayable(block, at, to)
      const said = block.type === 'text' ? block.text : BLOCKS.texts([block], to).join('')
      if (called && !isBlank(said)) to.notice('order.flattened', at)
      text += said
    }
  }
  // White space between two texts is part of them; alone it says nothing.
  if (parts.length > 0) answer.content = [...parts, ...textPart(text)]
  else if (!isBlank(text)) answer.content = text
  return answer
}

function textPart(text: string): JsonObject[] {
  return isBlank(text) ? [] : [{ type: 'text', text }]
}

/** Texts of an answer that has been given bear neither sources, nor proofs, nor marks. */
function noteUnsayable(
  { cache, citations, signature }: TextBlock,
  at: string | undefined,
  { notice }: Towards,
): void {
  if (cache !== undefined) notice('cache.hint-dropped', at)
  if (citations !== undefined) notice('citation.dropped', at)
  if (signature !== undefined) notice('seal.foreign', at)
}

/** The reference to earlier audio, if the block is one: the wire takes only its id. */
function audioIn({ audio }: JsonObject): JsonObject | undefined {
  return isObject(audio) && 'id' in audio ? { id: audio['id'] } : undefined
}
