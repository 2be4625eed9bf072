import type { Turn } from '../../exchange/chat.ts'
import type { Block } from '../../exchange/content.ts'
import type { JsonObject } from '../../kit/json.ts'
import { isBlank } from '../blank-text.ts'
import { withoutAttribution } from '../client-attribution.ts'
import { systemNote } from '../system-note.ts'
import { encodeBlock } from './encode-request-blocks.ts'
import { writeArray, writeObject } from './json-text.ts'
import { isPlainText, ownExtra, type RequestWriter } from './request-writer.ts'

/** Stands where a user turn must be and nothing was said: the shortest text that the API accepts. */
const FILLER = '{"type":"text","text":"."}'

interface OpenMessage {
  readonly role: 'user' | 'assistant' | 'system'
  /** Results of tools; the API wants them before everything else of a user turn. */
  readonly results: string[]
  readonly others: string[]
  extra: JsonObject | undefined
}

/** Conversation as JSON text. */
export interface EncodedTurns {
  /** Value of `system`, when there is one. */
  readonly system: string | undefined
  readonly messages: string
}

/**
 * Writes a conversation. Deterministic, and prefix-monotone: what was written for a conversation up to an answer stays the
 * beginning of what is written when it goes on, which prompt caches and bound thinking depend on. The leading run of
 * system turns becomes `system`; later ones stay where they are and are never hoisted.
 *
 * @param sentences further system texts of the encoder itself, put last
 */
export function encodeTurns(
  turns: readonly Turn[],
  writer: RequestWriter,
  sentences: readonly string[],
): EncodedTurns {
  const spoken = turns.findIndex((turn) => turn.role !== 'system')
  const lead = spoken < 0 ? turns.length : spoken
  const system = encodeSystem(turns.slice(0, lead), writer, sentences)
  const messages = mergeTurns(trimPrefill(turns.slice(lead), writer), writer)
  return { system, messages: writeArray(finishMessages(messages, writer)) }
}

function encodeSystem(
  turns: readonly Turn[],
  writer: RequestWriter,
  sentences: readonly string[],
): string | undefined {
  const blocks = turns.flatMap((turn) => {
    noteTurn(turn, writer)
    return withoutAttribution(turn.blocks, writer.context)
  })
  const plain = [...blocks, ...sentences.map((text): Block => ({ type: 'text', text }))]
  const [only] = plain
  if (plain.length === 1 && only?.type === 'text' && !isBlank(only.text) && isPlainText(only)) {
    return JSON.stringify(only.text)
  }
  const texts = plain.map((block) => encodeBlock(block, writer)).filter((text) => text !== undefined)
  return texts.length === 0 ? undefined : writeArray(texts)
}

/** What a turn may carry that this dialect cannot say. */
function noteTurn(turn: Turn, writer: RequestWriter): void {
  if (turn.name !== undefined) writer.context.notice('name.dropped', 'name')
  if (turn.rank !== undefined) writer.context.notice('rank.weakened', turn.rank)
}

/** Joins neighbours of one role: the API does the same, but only after it has checked tool results turn by turn. */
function mergeTurns(turns: readonly Turn[], writer: RequestWriter): OpenMessage[] {
  const messages: OpenMessage[] = []
  for (const turn of turns) {
    const next = encodeTurn(turn, writer)
    if (next === undefined) continue
    const last = messages.at(-1)
    if (last?.role !== next.role || next.role === 'system') {
      messages.push(next)
      continue
    }
    if (turn.role !== 'system') writer.context.notice('turn.merged')
    last.results.push(...next.results)
    last.others.push(...next.others)
    if (next.extra !== undefined) last.extra = { ...last.extra, ...next.extra }
  }
  return messages
}

function encodeTurn(turn: Turn, writer: RequestWriter): OpenMessage | undefined {
  noteTurn(turn, writer)
  const { notice, capabilities } = writer.context
  const relocated = turn.role === 'system' && capabilities.midSystemTurns !== true
  if (relocated) notice('system.relocated')
  const message: OpenMessage = {
    role: relocated ? 'user' : turn.role,
    results: [],
    others: [],
    extra: ownExtra(turn.extra),
  }
  for (const block of turn.blocks) {
    const text = encodeBlock(relocated ? wrapNote(block) : block, writer)
    if (text === undefined) continue
    if (block.type === 'tool-result') message.results.push(text)
    else message.others.push(text)
  }
  const empty = message.results.length + message.others.length === 0
  if (!empty || (turn.role === 'user' && !relocated)) return message
  notice('turn.emptied')
  return undefined
}

function wrapNote(block: Block): Block {
  return block.type === 'text' && !isBlank(block.text) ? { ...block, text: systemNote(block.text) } : block
}

/** The beginning of an answer must not end in white space, with which the model would hardly go on. */
function trimPrefill(turns: readonly Turn[], { context }: RequestWriter): readonly Turn[] {
  const last = turns.at(-1)
  if (last?.role !== 'assistant') return turns
  const at = last.blocks.findLastIndex((block) => block.type !== 'text' || !isBlank(block.text))
  const block = last.blocks[at]
  if (block?.type !== 'text') return turns
  const text = block.text.trimEnd()
  if (text === block.text) return turns
  context.notice('prefill.trimmed')
  return [...turns.slice(0, -1), { ...last, blocks: last.blocks.with(at, { ...block, text }) }]
}

function finishMessages(messages: readonly OpenMessage[], writer: RequestWriter): string[] {
  const { notice } = writer.context
  const texts = messages.map((message) => {
    const content = [...message.results, ...message.others]
    if (content.length === 0) {
      notice('turn.emptied')
      content.push(FILLER)
    }
    return writeObject({ role: `"${message.role}"`, content: writeArray(content) }, message.extra)
  })
  if (messages[0]?.role === 'user') return texts
  notice('turn.seeded', 'messages')
  return [writeObject({ role: '"user"', content: writeArray([FILLER]) }), ...texts]
}
