import type { ChatRequest, Tool, Turn } from '../exchange/chat.ts'
import type { Block, CacheMark } from '../exchange/content.ts'
import { defined } from '../kit/defined.ts'
import type { Fields } from './fields.ts'

/** The mark that the house sets: with the lifetime that the provider gives by itself. */
const MARK: CacheMark = {}

/**
 * Marks in a conversation what a provider may keep of its prompt: the last tool, the end of the system prompt, and the turn before the last,
 * which comes again with the next question, while the last is new each time and would be written for nothing. That is at most three marks. The
 * request itself where the client has marked anything, since it knows better, and where there is nothing to mark.
 */
export function markPrompt(request: ChatRequest, fields: Fields): ChatRequest {
  if (isMarked(request, fields)) return request
  const turns = markTurns(request.turns)
  const { tools } = request
  const last = tools?.at(-1)
  const markedTools =
    tools === undefined || last === undefined || last.type === 'hosted'
      ? tools
      : [...tools.slice(0, -1), { ...last, cache: MARK }]
  if (turns === request.turns && markedTools === tools) return request
  return { ...request, turns, ...defined({ tools: markedTools }) }
}

function markTurns(turns: readonly Turn[]): readonly Turn[] {
  const begin = turns.findIndex(({ role }) => role !== 'system')
  const leading = begin < 0 ? turns.length : begin
  const stable = turns.length - 2
  const places = new Set([leading - 1, ...(stable >= leading ? [stable] : [])])
  const marked = turns.map((turn, index) => (places.has(index) ? markTurn(turn) : turn))
  return marked.every((turn, index) => turn === turns[index]) ? turns : marked
}

/** Thinking and empty texts take no mark. */
function markTurn(turn: Turn): Turn {
  const at = turn.blocks.findLastIndex(takesMark)
  if (at < 0) return turn
  return {
    ...turn,
    blocks: turn.blocks.map((block, index) => (index === at ? { ...block, cache: MARK } : block)),
  }
}

function takesMark(block: Block): boolean {
  if (block.type === 'text') return block.text.trim() !== ''
  return block.type === 'tool-call' || block.type === 'tool-result'
}

function isMarked({ cache, turns, tools = [], extra }: ChatRequest, fields: Fields): boolean {
  const isSet = (part: Tool | Turn | Block): boolean => {
    if ('cache' in part && part.cache !== undefined) return true
    if ('extra' in part && fields.isMarked(part)) return true
    return 'blocks' in part && part.blocks !== undefined && part.blocks.some(isSet)
  }
  return cache !== undefined || fields.isMarked(defined({ extra })) || [...tools, ...turns].some(isSet)
}
