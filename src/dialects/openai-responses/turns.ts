import type { Turn } from '../../exchange/chat.ts'
import type { Block, TextBlock } from '../../exchange/content.ts'
import type { JsonObject } from '../../kit/json.ts'
import { arrangeTurns, isPlain, type TurnRules } from '../arrange-turns.ts'
import { isBlank } from '../blank-text.ts'
import type { Body } from '../fates.ts'
import { wordsForOutput } from '../output-format.ts'
import { settling } from '../settle-blocks.ts'
import { BLOCKS } from './blocks.ts'
import { FAMILY } from './vocabulary.ts'
import type { ToResponses } from './to-responses.ts'

const RULES: TurnRules<ToResponses> = {
  settle: settling(FAMILY, 'input', { text: settleText }),
  names: false,
  ranks: () => true,
  midSystem: ({ capabilities }) => capabilities.midSystemTurns !== false,
  joins: () => false,
  mediaInResults: true,
  trimsPrefill: false,
}

/** Texts bear neither sources nor proofs, and blank ones say nothing. */
function settleText(
  block: TextBlock,
  { role, blocks, at }: Turn,
  { notice }: ToResponses,
): Block | undefined {
  if (block.citations !== undefined) notice('citation.dropped', at)
  if (block.signature !== undefined) notice('seal.foreign', at)
  if (!isBlank(block.text)) return block
  const isAlone = role === 'user' && blocks.every((one) => one.type === 'text' && isBlank(one.text))
  return isAlone ? block : undefined
}

/** Writes a conversation as `instructions` and `input`. */
export function writeTurns(to: ToResponses, body: Body): void {
  const turns = arrangeTurns(to.chat.turns, RULES, to)
  const instructions = instructionsIn(turns[0])
  const items: JsonObject[] = []
  const words = wordsForOutput(to)
  if (words !== undefined) items.push({ type: 'message', role: 'developer', content: words })
  for (const turn of instructions === undefined ? turns : turns.slice(1)) writeTurn(turn, to, items)
  if (instructions !== undefined) body['instructions'] = instructions
  body['input'] = items
}

/** What the system says first, where it is one text and nothing else. */
function instructionsIn(turn: Turn | undefined): string | undefined {
  if (turn?.role !== 'system' || turn.rank !== undefined || turn.extra !== undefined) return undefined
  const [block, ...more] = turn.blocks
  return more.length === 0 && isPlain(block) ? block.text : undefined
}

/** Texts and media of a turn that lie next to each other are one message; everything else is an item of its own. */
export function writeTurn(turn: Turn, to: ToResponses, items: JsonObject[]): void {
  const speaking: ToResponses = turn.role === 'assistant' ? { ...to, speaker: 'assistant' } : to
  let content: JsonObject[] | undefined
  let isEmpty = true
  for (const block of turn.blocks) {
    isEmpty = false
    if (!isPart(block)) {
      items.push(BLOCKS.write(block, speaking))
      content = undefined
    } else if (content === undefined) {
      content = [BLOCKS.write(block, speaking)]
      items.push({ ...turn.extra?.[FAMILY], type: 'message', role: roleOf(turn), content })
    } else content.push(BLOCKS.write(block, speaking))
  }
  if (!isEmpty) return
  if (turn.role === 'assistant') to.notice('turn.emptied', turn.at)
  else items.push({ ...turn.extra?.[FAMILY], type: 'message', role: roleOf(turn), content: '' })
}

function isPart({ type }: Block): boolean {
  return type === 'text' || type === 'refusal' || type === 'media' || type === 'search-result'
}

function roleOf({ role, rank }: Turn): string {
  return rank === undefined ? role : 'developer'
}
