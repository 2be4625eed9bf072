import type { ChatRequest } from '../exchange/chat.ts'
import { sha256Hex } from '../kit/hash.ts'

const LEGAL = /^[a-zA-Z0-9_-]+$/
const ILLEGAL_CHARACTERS = /[^a-zA-Z0-9_-]/g
const HASH_CHARACTERS = 10

/** What a wire makes of tools. Names match `^[a-zA-Z0-9_-]+$` on all of them. */
export interface ToolWire {
  /** Longest name. */
  readonly mostCharacters: number
  /** True where free-text tools have to be told as functions. */
  readonly emulatesText: boolean
}

/**
 * The name under which a tool is known on a wire: the name itself where it is legal, else its legal characters with a piece of
 * its SHA-256. Depends on the name alone, so that prompt caches keep hitting.
 */
export function toWireToolName(name: string, { mostCharacters }: ToolWire): string {
  if (fitsToolName(name, mostCharacters)) return name
  const kept = name.replaceAll(ILLEGAL_CHARACTERS, '_').slice(0, mostCharacters - HASH_CHARACTERS - 1)
  return `${kept}_${sha256Hex(name).slice(0, HASH_CHARACTERS)}`
}

/** Is a name legal as it is? */
export function fitsToolName(name: string, mostCharacters: number): boolean {
  return name.length <= mostCharacters && LEGAL.test(name)
}

/** What a tool of the wire was in the request. */
export interface KnownTool {
  readonly name: string
  /** True for a free-text tool that is emulated by a function. */
  readonly text: boolean
}

const NONE: ReadonlyMap<string, KnownTool> = new Map()

/** The tools of a request whose calls need undoing, by their names on the wire. Empty for nearly every request. */
export function readChangedTools({ tools }: ChatRequest, wire: ToolWire): ReadonlyMap<string, KnownTool> {
  if (tools === undefined) return NONE
  let changed: Map<string, KnownTool> | undefined
  for (const tool of tools) {
    if (tool.type === 'hosted') continue
    const text = tool.type === 'text' && wire.emulatesText
    const wireName = toWireToolName(tool.name, wire)
    if (!text && wireName === tool.name) continue
    changed ??= new Map()
    changed.set(wireName, { name: tool.name, text })
  }
  return changed ?? NONE
}
