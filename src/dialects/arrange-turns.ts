import type { Turn } from '../exchange/chat.ts'
import type { Block, TextBlock } from '../exchange/content.ts'
import type { JsonObject } from '../kit/json.ts'
import { answeringOnce, holdsResult, moveMediaBehindResults, putResultsFirst } from './arrange-results.ts'
import { isBlank } from './blank-text.ts'
import { withoutAttribution } from './client-attribution.ts'
import { systemNote } from './system-note.ts'
import type { Towards } from './towards.ts'
import { isEmpty } from './unknown-members.ts'

/** What a wire demands of a conversation. */
export interface TurnRules<To> {
  /**
   * What the target gets of a block: the block itself, others in its place, or nothing, which is said with a notice unless nothing
   * was said. The turn holds the block and its neighbours; for blocks within blocks it holds those.
   */
  readonly settle: (block: Block, turn: Turn, to: To) => Block | readonly Block[] | undefined
  /** Can a turn carry the name of who speaks? */
  readonly names: boolean
  /** Is there a difference between the rank of a developer and that of the system? */
  readonly ranks: (to: To) => boolean
  /** May a system turn stand behind others? Else it becomes a user's note. */
  readonly midSystem: (to: To) => boolean
  /** Does a turn join the one before it, if it is of the same role? */
  readonly joins: (turn: Turn, to: To) => boolean
  /** Put between two texts that meet where turns are joined; absent: they stay two blocks. */
  readonly joint?: string
  /** May the result of a tool hold media? Else they follow all results of the round, in a user's turn. */
  readonly mediaInResults: boolean
  /** Stands where a user's turn must be and nothing was said; absent: turns may be empty, and anybody may begin. */
  readonly filler?: Block
  /** Must the beginning of an answer not end in white space? */
  readonly trimsPrefill: boolean
}

/**
 * A conversation as a wire takes it: canonical still, the same array where there is nothing to do, and a notice for everything that
 * is changed. Results of tools come first in their turn.
 *
 * What a turn becomes depends on it and those before it, never on later ones: what is made of a conversation up to an answer stays
 * the beginning of what is made of it when it goes on. Prompt caches and proofs that are bound to what stood before depend on that.
 */
export function arrangeTurns<To extends Towards>(
  turns: readonly Turn[],
  rules: TurnRules<To>,
  to: To,
): readonly Turn[] {
  const hasResults = turns.some(holdsResult)
  let arranged = rules.trimsPrefill ? trimPrefill(turns, to) : turns
  if (hasResults) arranged = eachTurn(arranged, answeringOnce(to))
  arranged = settleTurns(arranged, rules, to)
  if (hasResults && !rules.mediaInResults) arranged = moveMediaBehindResults(arranged, to)
  arranged = joinNeighbours(arranged, rules, to)
  if (hasResults) arranged = eachTurn(arranged, putResultsFirst)
  return rules.filler === undefined ? arranged : fillTurns(arranged, rules.filler, to)
}

/** Changes turns one by one; undefined leaves one out. */
function eachTurn(
  turns: readonly Turn[],
  change: (turn: Turn, isLead: boolean) => Turn | undefined,
): readonly Turn[] {
  let changed: Turn[] | undefined
  let isLead = true
  let index = 0
  for (const turn of turns) {
    isLead &&= turn.role === 'system'
    const next = change(turn, isLead)
    if (next !== turn) changed ??= turns.slice(0, index)
    if (changed !== undefined && next !== undefined) changed.push(next)
    index += 1
  }
  return changed ?? turns
}

function trimPrefill(turns: readonly Turn[], { notice }: Towards): readonly Turn[] {
  const last = turns.at(-1)
  if (last?.role !== 'assistant') return turns
  const at = last.blocks.findLastIndex((block) => block.type !== 'text' || !isBlank(block.text))
  const block = last.blocks[at]
  if (block?.type !== 'text') return turns
  const text = block.text.trimEnd()
  if (text === block.text) return turns
  notice('prefill.trimmed', last.at)
  return [...turns.slice(0, -1), { ...last, blocks: last.blocks.with(at, { ...block, text }) }]
}

function settleTurns<To extends Towards>(
  turns: readonly Turn[],
  rules: TurnRules<To>,
  to: To,
): readonly Turn[] {
  const { notice } = to
  return eachTurn(turns, (turn, isLead) => {
    let settled = weaken(turn, rules, to)
    if (turn.role === 'system') {
      const blocks = withoutAttribution(settled.blocks, to)
      if (blocks !== settled.blocks) settled = { ...settled, blocks }
    }
    settled = settleBlocks(settled, rules, to)
    const isEmpty = settled.blocks.length === 0
    if (turn.role === 'system') {
      if (isEmpty) return undefined
      if (isLead || rules.midSystem(to)) return settled
      notice('system.relocated', turn.at)
      return { ...settled, role: 'user', blocks: settled.blocks.map(toNote) }
    }
    if (!isEmpty || rules.filler === undefined || turn.role === 'user') return settled
    notice('turn.emptied', turn.at)
    return undefined
  })
}

/** Takes from a turn what the wire cannot say of who speaks. */
function weaken<To extends Towards>(turn: Turn, rules: TurnRules<To>, to: To): Turn {
  const { name, rank } = turn
  const losesName = name !== undefined && !rules.names
  const losesRank = rank !== undefined && !rules.ranks(to)
  if (losesRank) to.notice('rank.weakened', turn.at ?? rank)
  if (losesName) to.notice('name.dropped', turn.at === undefined ? 'name' : `${turn.at}.name`)
  if (!losesName && !losesRank) return turn
  const { name: _name, rank: _rank, ...rest } = turn
  return {
    ...rest,
    ...(losesName || name === undefined ? {} : { name }),
    ...(losesRank || rank === undefined ? {} : { rank }),
  }
}

function settleBlocks<To>(turn: Turn, rules: TurnRules<To>, to: To): Turn {
  let changed: Block[] | undefined
  let index = 0
  for (const block of turn.blocks) {
    const whole = holdsBlocks(block) ? settleWithin(block, turn, { rules, to }) : block
    const settled = rules.settle(whole, turn, to)
    if (settled !== block) changed ??= turn.blocks.slice(0, index)
    if (changed !== undefined && settled !== undefined) {
      if ('type' in settled) changed.push(settled)
      else changed.push(...settled)
    }
    index += 1
  }
  return changed === undefined ? turn : { ...turn, blocks: changed }
}

interface Settling<To> {
  readonly rules: TurnRules<To>
  readonly to: To
}

function holdsBlocks({ type }: Block): boolean {
  return type === 'tool-result' || type === 'search-result' || type === 'media'
}

/** A block with the blocks that it holds settled. */
function settleWithin<To>(block: Block, turn: Turn, { rules, to }: Settling<To>): Block {
  if (block.type === 'tool-result' || block.type === 'search-result') {
    const { blocks } = settleBlocks({ ...turn, blocks: block.blocks }, rules, to)
    return blocks === block.blocks ? block : { ...block, blocks }
  }
  if (block.type !== 'media' || block.source.from !== 'blocks') return block
  const { blocks } = settleBlocks({ ...turn, blocks: block.source.blocks }, rules, to)
  return blocks === block.source.blocks ? block : { ...block, source: { from: 'blocks', blocks } }
}

function toNote(block: Block): Block {
  return block.type === 'text' ? { ...block, text: systemNote(block.text) } : block
}

function joinNeighbours<To extends Towards>(
  turns: readonly Turn[],
  rules: TurnRules<To>,
  to: To,
): readonly Turn[] {
  let joined: Turn[] | undefined
  let index = 0
  for (const turn of turns) {
    const last = joined === undefined ? turns[index - 1] : joined.at(-1)
    if (last?.role !== turn.role || !rules.joins(turn, to)) joined?.push(turn)
    else {
      to.notice('turn.merged', turn.at)
      joined ??= turns.slice(0, index)
      joined[joined.length - 1] = joinTurns(last, turn, rules.joint)
    }
    index += 1
  }
  return joined ?? turns
}

function joinTurns(first: Turn, second: Turn, joint: string | undefined): Turn {
  const extra: Record<string, JsonObject> = { ...first.extra }
  for (const family in second.extra) extra[family] = { ...extra[family], ...second.extra[family] }
  const blocks = joinBlocks(first.blocks, second.blocks, joint)
  return { ...second, ...first, blocks, ...(isEmpty(extra) ? {} : { extra }) }
}

function joinBlocks(
  first: readonly Block[],
  second: readonly Block[],
  joint: string | undefined,
): readonly Block[] {
  const last = first.at(-1)
  const [next, ...rest] = second
  if (joint === undefined || !isPlain(next) || !first.some(isPlain)) return [...first, ...second]
  if (!isPlain(last)) return [...first, { ...next, text: joint + next.text }, ...rest]
  const texts = [last.text, next.text].filter((text) => !isBlank(text))
  return [...first.slice(0, -1), { type: 'text', text: texts.join(joint) }, ...rest]
}

/** Is the block text that nothing is attached to? */
export function isPlain(block: Block | undefined): block is TextBlock {
  if (block?.type !== 'text') return false
  return block.cache === undefined && block.extra === undefined && block.citations === undefined
}

/** Puts something where a user's turn has to be and nothing was said. */
function fillTurns(turns: readonly Turn[], filler: Block, { notice }: Towards): readonly Turn[] {
  const filled = eachTurn(turns, (turn) => {
    if (turn.blocks.length > 0) return turn
    notice('turn.emptied', turn.at)
    return { ...turn, blocks: [filler] }
  })
  const lead = filled.findIndex(({ role }) => role !== 'system')
  if (filled[lead]?.role === 'user') return filled
  notice('turn.seeded', 'messages')
  const place = lead < 0 ? filled.length : lead
  return filled.toSpliced(place, 0, { role: 'user', blocks: [filler] })
}
