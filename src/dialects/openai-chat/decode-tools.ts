import type { FunctionTool, Tool, ToolChoice } from '../../exchange/chat.ts'
import { defined } from '../../kit/defined.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import {
  isArray,
  isObject,
  readObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import { isAbsent, type HeldObject } from '../fields.ts'
import { FAMILY, FIELDS } from './vocabulary.ts'

const TOOL_FIELDS: ReadonlySet<string> = new Set(['type', 'function', 'custom'])
const FUNCTION: HeldObject = {
  key: 'function',
  fields: new Set(['name', 'description', 'parameters', 'strict']),
}
const CUSTOM: HeldObject = { key: 'custom', fields: new Set(['name', 'description', 'format']) }

/** Reads `tools`, the deprecated `functions` and `web_search_options`; undefined when none of them is there. */
export function readTools(body: JsonObject): readonly Tool[] | undefined {
  const tools = FIELDS.array(body, 'tools')
  const functions = FIELDS.array(body, 'functions')
  const search = FIELDS.object(body, 'web_search_options')
  if (tools === undefined && functions === undefined && search === undefined) return undefined
  const decoded: Tool[] = []
  tools?.forEach((tool, index) => decoded.push(readTool(tool, `tools[${index}]`)))
  functions?.forEach((held, index) => {
    const path = `functions[${index}]`
    decoded.push(readFunction(FIELDS.asObject(held, path), path))
  })
  if (search !== undefined) {
    const name = 'web_search_options'
    decoded.push({ type: 'hosted', family: FAMILY, name, raw: search, at: name })
  }
  return decoded
}

/** True for a client that offers its tools in the deprecated field alone, and so knows no other form of calls. */
export function offersFunctions(body: JsonObject): boolean {
  return isArray(body['functions']) && !isArray(body['tools'])
}

function readTool(value: Json, at: string): Tool {
  const tool = FIELDS.asObject(value, at)
  const type = FIELDS.requiredText(tool, 'type', at)
  if (type === 'function') {
    const held = FIELDS.asObject(tool['function'], at, 'function')
    return {
      ...readFunction(held, `${at}.function`),
      ...FIELDS.mark(tool),
      ...FIELDS.unknown(tool, TOOL_FIELDS, FUNCTION),
    }
  }
  if (type !== 'custom') return { type: 'hosted', family: FAMILY, name: type, raw: tool, at }
  const within = `${at}.custom`
  const custom = FIELDS.asObject(tool['custom'], within)
  return {
    type: 'text',
    name: FIELDS.requiredText(custom, 'name', within),
    ...defined({
      description: FIELDS.text(custom, 'description', within),
      format: FIELDS.object(custom, 'format', within),
    }),
    ...FIELDS.mark(tool),
    ...FIELDS.unknown(tool, TOOL_FIELDS, CUSTOM),
  }
}

function readFunction(held: JsonObject, at: string): Tool {
  const tool: Mutable<FunctionTool> = { type: 'function', name: FIELDS.requiredText(held, 'name', at) }
  setDefined(tool, 'description', FIELDS.text(held, 'description', at))
  setDefined(tool, 'parameters', FIELDS.object(held, 'parameters', at))
  setDefined(tool, 'strict', FIELDS.flag(held, 'strict', at))
  return tool
}

const WORDS: ReadonlyMap<Json, ToolChoice> = new Map<Json, ToolChoice>([
  ['auto', { type: 'auto' }],
  ['none', { type: 'none' }],
  ['required', { type: 'required' }],
  ['any', { type: 'required' }],
])

/** Reads `tool_choice` or the deprecated `function_call`; undefined when neither is there. */
export function readToolChoice(body: JsonObject): ToolChoice | undefined {
  const { tool_choice: choice, function_call: old } = body
  if (!isAbsent(choice)) return readChoice(choice)
  if (isAbsent(old)) return undefined
  if (isObject(old)) return { type: 'tool', name: FIELDS.requiredText(old, 'name', 'function_call') }
  return wordChoice(old, 'function_call')
}

function readChoice(choice: Json): ToolChoice {
  if (!isObject(choice)) return wordChoice(choice, 'tool_choice')
  const allowed = readObject(choice, 'allowed_tools')
  if (allowed !== undefined) {
    return {
      type: 'allowed',
      mode: readString(allowed, 'mode') === 'required' ? 'required' : 'auto',
      names: readObjects(allowed, 'tools').map((tool) => toolName(tool, 'tool_choice.allowed_tools.tools')),
    }
  }
  return wordsInObject(choice) ?? { type: 'tool', name: toolName(choice, 'tool_choice') }
}

/** A word in an object, as other APIs have it: `{"type":"any"}`. */
function wordsInObject(choice: JsonObject): ToolChoice | undefined {
  return WORDS.get(readString(choice, 'type') ?? '')
}

function toolName(choice: JsonObject, path: string): string {
  const held = readObject(choice, 'function') ?? readObject(choice, 'custom') ?? choice
  return FIELDS.requiredText(held, 'name', `${path}.function`)
}

function wordChoice(word: Json, path: string): ToolChoice {
  return WORDS.get(word) ?? FIELDS.refuseKind(path, 'none, auto, required, or name a tool')
}
