import type { Turn } from '../../exchange/chat.ts'
import type { JsonObject } from '../../kit/json.ts'
import { writtenArray } from '../../kit/json-text.ts'
import { arrangeTurns, type TurnRules } from '../arrange-turns.ts'
import { wordsForOutput } from '../output-format.ts'
import { settling } from '../settle-blocks.ts'
import { unfoldMedia } from '../unfold-media.ts'
import { withUnknown } from '../unknown-members.ts'
import { PARTS } from './parts.ts'
import { FAMILY, NO_SIGNATURE, SIGNATURE } from './vocabulary.ts'
import type { ToGemini } from './to-gemini.ts'

/** What the API demands of a conversation (https://ai.google.dev/api/generate-content). */
const RULES: TurnRules<ToGemini> = {
  settle: settling(FAMILY, 'contents', {
    text(block, _turn, { notice }) {
      if (block.citations !== undefined) notice('citation.dropped')
      return block.text === '' ? undefined : block
    },
    refusal: (block) => (block.text === '' ? undefined : block),
    media(block, _turn, { notice }) {
      if ((block.detail ?? 'auto') !== 'auto') notice('param.dropped', 'detail')
      return unfoldMedia(block, notice)
    },
  }),
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

/** Writes a conversation: the leading run of system turns as `systemInstruction`, all others as `contents`. */
export function writeTurns(to: ToGemini): JsonObject {
  const turns = arrangeTurns(to.chat.turns, RULES, to)
  const lead = turns.findIndex(({ role }) => role !== 'system')
  const system = turns.slice(0, lead).flatMap(({ blocks }) => blocks)
  const own = turns.slice(0, lead).findLast(({ extra }) => extra?.[FAMILY] !== undefined)?.extra?.[FAMILY]
  const text = wordsForOutput(to)
  if (text !== undefined) system.push({ type: 'text', text })
  const parts = writtenArray(system.map((block) => PARTS.write(block, to)))
  return {
    systemInstruction: system.length === 0 ? undefined : withUnknown({ parts }, own),
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
