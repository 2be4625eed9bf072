import type { Turn } from '../../exchange/chat.ts'
import type { Block, ReasoningBlock, RefusalBlock, TextBlock } from '../../exchange/content.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import { writtenArray } from '../../kit/json-text.ts'
import { arrangeTurns, type TurnRules } from '../arrange-turns.ts'
import { isBlank } from '../blank-text.ts'
import { settleNative } from '../foreign-native.ts'
import { settling } from '../settle-blocks.ts'
import { withUnknown } from '../unknown-members.ts'
import { BLOCKS, contentOf } from './blocks.ts'
import { FAMILY } from './vocabulary.ts'
import type { ToMessages } from './to-messages.ts'

/** What Messages demands of a conversation (https://docs.anthropic.com/en/api/messages). */
const RULES: TurnRules<ToMessages> = {
  // Blank text is refused by the API, and thinking is dropped where it is another maker's: it is never turned to text.
  settle: settling(FAMILY, 'messages', {
    text: unlessBlank,
    refusal: unlessBlank,
    media: (block) => block,
    reasoning: (block, _turn, to) => (keepsReasoning(block, to) ? block : undefined),
    native: (block, { at = 'messages' }, { notice }) => {
      const told = settleNative(block, at, { family: FAMILY, notice })
      return told?.type === 'text' ? unlessBlank(told) : told
    },
  }),
  names: false,
  ranks: () => false,
  midSystem: ({ capabilities }) => capabilities.midSystemTurns === true,
  // The API does the same, but only after it has checked results of tools turn by turn.
  joins: ({ role }) => role !== 'system',
  mediaInResults: true,
  // The shortest text that the API accepts.
  filler: { type: 'text', text: '.' },
  trimsPrefill: true,
}

function unlessBlank(block: TextBlock | RefusalBlock): Block | undefined {
  return isBlank(block.text) ? undefined : block
}

function keepsReasoning({ signature }: ReasoningBlock, { quirks, notice }: ToMessages): boolean {
  if (signature?.family === FAMILY) return true
  if (signature === undefined && quirks.echoReasoning === 'tool-calls') return true
  notice(signature === undefined ? 'reasoning.dropped' : 'seal.foreign')
  return false
}

interface Conversation {
  readonly system: Json | undefined
  readonly messages: Json
}

/** Writes a conversation: the leading run of system turns as `system`, all others as `messages`. */
export function writeTurns(to: ToMessages): Conversation {
  const turns = arrangeTurns(to.chat.turns, RULES, to)
  const lead = turns.findIndex(({ role }) => role !== 'system')
  const system = turns.slice(0, lead).flatMap(({ blocks }) => blocks)
  for (const text of to.sentences) system.push({ type: 'text', text })
  return {
    system: system.length === 0 ? undefined : contentOf(system, to),
    messages: writtenArray(turns.slice(lead).map((turn) => writeTurn(turn, to))),
  }
}

function writeTurn({ role, blocks, extra }: Turn, to: ToMessages): JsonObject {
  const content = writtenArray(blocks.map((block) => BLOCKS.write(block, to)))
  return withUnknown({ role, content }, extra?.[FAMILY])
}
