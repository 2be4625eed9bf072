import type { ChatRequest } from '../exchange/chat.ts'
import type { Block, Extra, Family } from '../exchange/content.ts'
import { isMixed, type Input } from '../exchange/operations/inputs.ts'
import type { NoticeSink } from '../exchange/notice.ts'

/**
 * Tells which unknown fields of other families stay behind, each name once, below the field of the request that holds it:
 * `store`, `messages.refusal`, `tools.defer_loading`.
 *
 * @param family that of the target
 */
export function noteForeignExtra(
  { turns, tools, extra }: ChatRequest,
  family: Family,
  notice: NoticeSink,
): void {
  const names: Names = { family, found: undefined }
  collect(extra, '', names)
  for (const turn of turns) {
    collect(turn.extra, 'messages.', names)
    collectInBlocks(turn.blocks, names)
  }
  if (tools !== undefined) {
    for (const tool of tools) if (tool.type !== 'hosted') collect(tool.extra, 'tools.', names)
  }
  if (names.found !== undefined) for (const name of names.found) notice('unknown.dropped', name)
}

/** The same for requests that have fields and no conversation. */
export function noteForeignFields(
  { extra, inputs = [] }: { readonly extra?: Extra; readonly inputs?: readonly Input[] },
  family: Family,
  notice: NoticeSink,
): void {
  const names: Names = { family, found: undefined }
  collect(extra, '', names)
  for (const input of inputs)
    if (isMixed(input)) for (const part of input.parts) collect(part.extra, 'input.', names)
  if (names.found !== undefined) for (const name of names.found) notice('unknown.dropped', name)
}

interface Names {
  readonly family: Family
  /** Made when there is one, which is seldom. */
  found: Set<string> | undefined
}

function collectInBlocks(blocks: readonly Block[], names: Names): void {
  for (const block of blocks) {
    collect(block.extra, 'messages.', names)
    if (block.type === 'tool-result' || block.type === 'search-result') collectInBlocks(block.blocks, names)
    if (block.type === 'media' && block.source.from === 'blocks') collectInBlocks(block.source.blocks, names)
  }
}

function collect(extra: Extra | undefined, prefix: string, names: Names): void {
  if (extra === undefined) return
  for (const family in extra) {
    if (family === names.family) continue
    names.found ??= new Set()
    for (const name in extra[family]) names.found.add(prefix + name)
  }
}
