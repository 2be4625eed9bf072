import type { ChatRequest } from '../../exchange/chat.ts'
import { sha256Hex } from '../../kit/hash.ts'
import { TOOL_NAME_CHARACTERS } from './schema.ts'

const LEGAL = /^[a-zA-Z0-9_-]+$/
const HASH_CHARACTERS = 10

/**
 * The name under which a tool is known on the wire: the name itself where it is legal (`^[a-zA-Z0-9_-]{1,128}$`), else its
 * legal characters with a piece of its SHA-256. Depends on the name alone, so that prompt caches keep hitting.
 */
export function toWireToolName(name: string): string {
  if (name.length <= TOOL_NAME_CHARACTERS && LEGAL.test(name)) return name
  const kept = name.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, TOOL_NAME_CHARACTERS - HASH_CHARACTERS - 1)
  return `${kept}_${sha256Hex(name).slice(0, HASH_CHARACTERS)}`
}

/** What a tool of the wire was in the request. */
export interface KnownTool {
  readonly name: string
  /** True for a free-text tool that is emulated by a function. */
  readonly text: boolean
}

const NONE: ReadonlyMap<string, KnownTool> = new Map()

/** The tools of a request whose calls need undoing, by their names on the wire. Empty for nearly every request. */
export function readChangedTools({ tools }: ChatRequest): ReadonlyMap<string, KnownTool> {
  if (tools === undefined) return NONE
  const changed = new Map<string, KnownTool>()
  for (const tool of tools) {
    if (tool.type === 'hosted') continue
    const wireName = toWireToolName(tool.name)
    if (tool.type === 'text' || wireName !== tool.name) {
      changed.set(wireName, { name: tool.name, text: tool.type === 'text' })
    }
  }
  return changed
}
