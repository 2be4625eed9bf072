import type { Turn } from '../../exchange/chat.ts'
import type { Block, ReasoningBlock } from '../../exchange/content.ts'
import type { JsonObject } from '../../kit/json.ts'
import { writtenArray } from '../../kit/json-text.ts'
import { arrangeTurns, type TurnRules } from '../arrange-turns.ts'
import { settleNative } from '../foreign-native.ts'
import { unfoldMedia } from '../unfold-media.ts'
import { withUnknown } from '../unknown-members.ts'
import { PARTS } from './parts.ts'
import { FAMILY, NO_SIGNATURE, SIGNATURE } from './vocabulary.ts'
import type { ToGemini } from './to-gemini.ts'

/** What the API demands of a conversation (https://ai.google.dev/api/generate-content). */
const RULES: TurnRules<ToGemini> = {
  settle,
  names: false,
  ranks: () => false,
  midSystem: () => false,
  // All results of a round stand in one content, right behind their calls.
  joins: ({ role }) => role !== 'system',
  mediaInResults: false,
  // The shortest text that the API accepts.
  filler: { type: 'text', text: '.' },
  trimsPrefill: false,
}

function settle(block: Block, turn: Turn, to: ToGemini): Block | readonly Block[] | undefined {
  switch (block.type) {
    case 'text':
      if (block.citations !== undefined) to.notice('citation.dropped')
      return block.text === '' ? undefined : block
    case 'refusal':
      return block.text === '' ? undefined : block
    case 'media':
      if ((block.detail ?? 'auto') !== 'auto') to.notice('param.dropped', 'detail')
      return unfoldMedia(block, to.notice)
    case 'reasoning':
      return keepsReasoning(block, to) ? block : undefined
    case 'native':
      return settleNative(block, turn.at ?? 'contents', { family: FAMILY, notice: to.notice })
    case 'search-result':
    case 'tool-call':
    case 'tool-result':
      return block
  }
}

/** Thoughts are of no use to the API without its proof, and those of others never are. */
function keepsReasoning({ signature }: ReasoningBlock, { notice }: ToGemini): boolean {
  if (signature?.family === FAMILY) return true
  notice(signature === undefined ? 'reasoning.dropped' : 'seal.foreign')
  return false
}

/** Writes a conversation: the leading run of system turns as `systemInstruction`, all others as `contents`. */
export function writeTurns(to: ToGemini): JsonObject {
  const turns = arrangeTurns(to.chat.turns, RULES, to)
  const lead = turns.findIndex(({ role }) => role !== 'system')
  const system = turns.slice(0, lead).flatMap(({ blocks }) => blocks)
  for (const text of to.sentences) system.push({ type: 'text', text })
  return {
    systemInstruction:
      system.length === 0
        ? undefined
        : { parts: writtenArray(system.map((block) => PARTS.write(block, to))) },
    contents: writtenArray(turns.slice(lead).map((turn) => writeTurn(turn, to))),
  }
}

function writeTurn({ role, blocks, extra }: Turn, to: ToGemini): JsonObject {
  const parts = blocks.map((block) => PARTS.write(block, to))
  const isAnswer = role === 'assistant'
  const content = {
    role: isAnswer ? 'model' : 'user',
    parts: writtenArray(isAnswer ? withProofs(parts) : parts),
  }
  return withUnknown(content, extra?.[FAMILY])
}

/**
 * Puts a proof that stands alone to the text before it, where it came from, and has the first call of a turn bear one: newer models
 * refuse it without. Of several calls only the first has a proof.
 */
function withProofs(parts: readonly JsonObject[]): readonly JsonObject[] {
  const proven: JsonObject[] = []
  let called = false
  for (const part of parts) {
    const last = proven.at(-1)
    const isAlone = part['text'] === '' && part[SIGNATURE] !== undefined
    if (isAlone && typeof last?.['text'] === 'string' && last[SIGNATURE] === undefined) {
      proven[proven.length - 1] = { ...last, [SIGNATURE]: part[SIGNATURE] }
      continue
    }
    const isFirstCall: boolean = !called && part['functionCall'] !== undefined
    called ||= isFirstCall
    proven.push(isFirstCall && part[SIGNATURE] === undefined ? { ...part, [SIGNATURE]: NO_SIGNATURE } : part)
  }
  return proven
}
