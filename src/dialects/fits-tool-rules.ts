import type { ChatRequest } from '../exchange/chat.ts'
import type { Quirks } from '../exchange/target.ts'
import { fitsIdRule } from './tool-call-id.ts'
import { fitsToolName } from './tool-name.ts'

/**
 * Does a request name its tools and their calls as the provider is known to take them? One that does not is written anew, with
 * other names that mean the same, where it could have been passed on.
 */
export function fitsToolRules({ turns, tools }: ChatRequest, quirks: Quirks): boolean {
  const { toolCallId, maxToolNameCharacters: most = Number.POSITIVE_INFINITY } = quirks
  if (toolCallId === undefined && most === Number.POSITIVE_INFINITY) return true
  for (const { blocks } of turns) {
    for (const block of blocks) {
      if (block.type !== 'tool-call') continue
      if (toolCallId !== undefined && !fitsIdRule(block.id, toolCallId)) return false
      if (!fitsToolName(block.name, most)) return false
    }
  }
  return tools?.every((tool) => tool.type === 'hosted' || fitsToolName(tool.name, most)) ?? true
}
