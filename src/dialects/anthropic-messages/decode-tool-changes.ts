import type { Tool, Turn } from '../../exchange/chat.ts'
import type { Block, NativeBlock } from '../../exchange/content.ts'
import { readObject, readString, type JsonObject } from '../../kit/json.ts'
import { readTool } from './decode-tools.ts'
import { FAMILY, FIELDS } from './vocabulary.ts'

/*
 * Tools that come and go in the middle of a conversation (betas `tool-search-tool`, `mid-conversation-tool-changes`). Other dialects
 * have a list of tools and words: what joins is in the list, what was found, joined or left is told.
 */

/** Reads a tool that a search has found. */
export function readToolReference(raw: JsonObject, at: string): Block {
  return changeBlock(raw, at, `The tool ${FIELDS.requiredText(raw, 'tool_name', at)} is available now.`)
}

/** Reads a tool that joins: one that is listed, or one that is defined here. A whole server of tools has no words elsewhere. */
export function readToolAddition(raw: JsonObject, at: string): Block {
  const name = nameOf(raw)
  return changeBlock(raw, at, name === undefined ? undefined : `The tool ${name} is available now.`)
}

/** Reads a tool that leaves. */
export function readToolRemoval(raw: JsonObject, at: string): Block {
  const name = nameOf(raw)
  return changeBlock(raw, at, name === undefined ? undefined : `The tool ${name} is not available any more.`)
}

function changeBlock(raw: JsonObject, at: string, elsewhere: string | undefined): NativeBlock {
  const block: NativeBlock = { type: 'native', family: FAMILY, raw, at }
  return elsewhere === undefined ? block : { ...block, elsewhere }
}

function nameOf(raw: JsonObject): string | undefined {
  const tool = readObject(raw, 'tool')
  if (tool === undefined) return undefined
  const type = readString(tool, 'type')
  if (type === 'tool_reference') return readString(tool, 'name')
  return type === 'tool_definition' ? readString(readObject(tool, 'definition') ?? {}, 'name') : undefined
}

/** The tools of a request with those that are defined in its conversation, in order. */
export function withJoinedTools(
  tools: readonly Tool[] | undefined,
  turns: readonly Turn[],
): readonly Tool[] | undefined {
  let joined: Tool[] | undefined
  for (const { blocks } of turns) {
    for (const block of blocks) {
      if (block.type !== 'native' || block.raw['type'] !== ADDITION) continue
      const definition = readObject(readObject(block.raw, 'tool') ?? {}, 'definition')
      if (definition === undefined) continue
      joined ??= [...(tools ?? [])]
      joined.push(joining(readTool(definition, `${block.at}.tool.definition`)))
    }
  }
  return joined ?? tools
}

function joining(tool: Tool): Tool {
  return tool.type === 'text' ? tool : { ...tool, joined: true }
}

const ADDITION = 'tool_addition'
