import type { FunctionTool, Tool, ToolChoice } from '../../exchange/chat.ts'
import { defined } from '../../kit/defined.ts'
import { setDefined, type Draft } from '../../kit/draft.ts'
import {
  isArray,
  isObject,
  readObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import { markOf } from './cache-mark.ts'
import {
  arrayField,
  asObject,
  booleanField,
  invalid,
  objectField,
  requiredString,
  stringField,
  unknownFields,
  type HeldObject,
} from './request-fields.ts'
import { FAMILY } from './schema.ts'

const TOOL_FIELDS: ReadonlySet<string> = new Set(['type', 'function', 'custom'])
const FUNCTION: HeldObject = {
  key: 'function',
  fields: new Set(['name', 'description', 'parameters', 'strict']),
}
const CUSTOM: HeldObject = { key: 'custom', fields: new Set(['name', 'description', 'format']) }

/** Reads `tools`, the deprecated `functions` and `web_search_options`; undefined when none of them is there. */
export function decodeTools(body: JsonObject): readonly Tool[] | undefined {
  const tools = arrayField(body, 'tools')
  const functions = arrayField(body, 'functions')
  const search = objectField(body, 'web_search_options')
  if (tools === undefined && functions === undefined && search === undefined) return undefined
  const decoded: Tool[] = []
  tools?.forEach((tool, index) => decoded.push(decodeTool(tool, `tools[${index}]`)))
  functions?.forEach((held, index) => {
    const path = `functions[${index}]`
    decoded.push(decodeFunction(asObject(held, path), path))
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

function decodeTool(value: Json, path: string): Tool {
  const tool = asObject(value, path)
  const type = requiredString(tool, 'type', path)
  if (type === 'function') {
    const place = `${path}.function`
    return {
      ...decodeFunction(asObject(tool['function'], place), place),
      ...markOf(tool),
      ...unknownFields(tool, TOOL_FIELDS, FUNCTION),
    }
  }
  if (type !== 'custom') return { type: 'hosted', family: FAMILY, name: type, raw: tool, at: path }
  const custom = asObject(tool['custom'], `${path}.custom`)
  return {
    type: 'text',
    name: requiredString(custom, 'name', `${path}.custom`),
    ...defined({
      description: stringField(custom, 'description', `${path}.custom`),
      format: objectField(custom, 'format', `${path}.custom`),
    }),
    ...markOf(tool),
    ...unknownFields(tool, TOOL_FIELDS, CUSTOM),
  }
}

function decodeFunction(held: JsonObject, path: string): Tool {
  const tool: Draft<FunctionTool> = { type: 'function', name: requiredString(held, 'name', path) }
  setDefined(tool, 'description', stringField(held, 'description', path))
  setDefined(tool, 'parameters', objectField(held, 'parameters', path))
  setDefined(tool, 'strict', booleanField(held, 'strict', path))
  return tool
}

const WORDS: ReadonlyMap<Json, ToolChoice> = new Map<Json, ToolChoice>([
  ['auto', { type: 'auto' }],
  ['none', { type: 'none' }],
  ['required', { type: 'required' }],
  ['any', { type: 'required' }],
])

/** Reads `tool_choice` or the deprecated `function_call`; undefined when neither is there. */
export function decodeToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = body['tool_choice'] ?? undefined
  if (choice !== undefined) return readChoice(choice)
  const old = body['function_call'] ?? undefined
  if (old === undefined) return undefined
  if (isObject(old)) return { type: 'tool', name: requiredString(old, 'name', 'function_call') }
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
  return requiredString(held, 'name', `${path}.function`)
}

function wordChoice(word: Json, path: string): ToolChoice {
  const known = WORDS.get(word)
  if (known === undefined) throw invalid(path, `\`${path}\` must be none, auto, required, or name a tool.`)
  return known
}
