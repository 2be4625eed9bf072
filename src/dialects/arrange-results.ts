import type { Turn } from '../exchange/chat.ts'
import type { Block, ToolResultBlock } from '../exchange/content.ts'
import type { Towards } from './towards.ts'

/*
 * What wires demand of the results of tools in a conversation.
 */

/** Do tools answer in a turn? */
export function holdsResult({ blocks }: Turn): boolean {
  return blocks.some(isResult)
}

function isResult({ type }: Block): boolean {
  return type === 'tool-result'
}

/**
 * A call has one result: a second one to the same call is refused wherever calls have ids. Some agents say results twice when they take
 * up a session again (Gemini CLI 0.61). The first stands.
 */
export function answeringOnce({ notice }: Towards): (turn: Turn) => Turn | undefined {
  const answered = new Set<string>()
  const stands = (block: Block): boolean => {
    if (block.type !== 'tool-result') return true
    const isFirst = !answered.has(block.callId)
    if (isFirst) answered.add(block.callId)
    else notice('result.repeated', block.at)
    return isFirst
  }
  return (turn) => {
    if (turn.role === 'assistant') answered.clear()
    if (!holdsResult(turn)) return turn
    const blocks = turn.blocks.filter(stands)
    if (blocks.length === turn.blocks.length) return turn
    return blocks.length === 0 ? undefined : { ...turn, blocks }
  }
}

/** Does a round of results answer a call twice, as such agents write it? */
export function saysResultTwice(turns: readonly Turn[]): boolean {
  const answered = new Set<string>()
  for (const { role, blocks } of turns) {
    if (role === 'assistant') answered.clear()
    for (const block of blocks) {
      if (block.type !== 'tool-result') continue
      if (answered.has(block.callId)) return true
      answered.add(block.callId)
    }
  }
  return false
}

/**
 * Puts media out of results into a user's turn of their own, behind all results of the round: a wire that takes none there wants
 * the results right behind the calls.
 */
export function moveMediaBehindResults(turns: readonly Turn[], to: Towards): readonly Turn[] {
  if (!turns.some(({ blocks }) => blocks.some(holdsMedia))) return turns
  const arranged: Turn[] = []
  let moved: Block[] = []
  const flush = (): void => {
    if (moved.length > 0) arranged.push({ role: 'user', blocks: moved })
    moved = []
  }
  for (const turn of turns) {
    const results = turn.blocks.filter((block) => block.type === 'tool-result')
    if (results.length > 0)
      arranged.push({ ...turn, blocks: results.map((result) => withoutMedia(result, moved, to)) })
    if (results.length === turn.blocks.length && results.length > 0) continue
    flush()
    const others = turn.blocks.filter(({ type }) => type !== 'tool-result')
    arranged.push(results.length === 0 ? turn : { ...turn, blocks: others })
  }
  flush()
  return arranged
}

function holdsMedia(block: Block): boolean {
  return block.type === 'tool-result' && block.blocks.some(({ type }) => type === 'media')
}

function withoutMedia(result: ToolResultBlock, moved: Block[], to: Towards): ToolResultBlock {
  const media = result.blocks.filter((block) => block.type === 'media')
  const [first] = media
  if (first === undefined) return result
  to.notice('result.media-moved', result.at)
  moved.push({ type: 'text', text: `[tool ${to.callId(result.callId)} returned ${first.kind}]` }, ...media)
  const said = result.blocks.filter(({ type }) => type !== 'media')
  return { ...result, blocks: said.length === 0 ? ATTACHED : said }
}

const ATTACHED: readonly Block[] = [{ type: 'text', text: '[attached below]' }]

/** Results of tools come before what else is said in their turn. */
export function putResultsFirst(turn: Turn): Turn {
  const { blocks } = turn
  const other = blocks.findIndex(({ type }) => type !== 'tool-result')
  const last = blocks.findLastIndex(isResult)
  if (other < 0 || last < other) return turn
  const results = blocks.filter(isResult)
  return { ...turn, blocks: [...results, ...blocks.filter(({ type }) => type !== 'tool-result')] }
}
