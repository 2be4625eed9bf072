import type { ChatRequest, FunctionTool, Tool, ToolChoice } from '../../exchange/chat.ts'
import type { Draft } from '../../kit/draft.ts'
import { isObject, type Json, type JsonObject } from '../../kit/json.ts'
import type { JoinedTool } from './decode-tool-changes.ts'
import {
  isAbsent,
  optionalArray,
  optionalBoolean,
  optionalObject,
  optionalString,
  readCacheMark,
  readMarkedExtra,
  refuse,
  requireString,
} from './read-fields.ts'
import { FAMILY, TOOL_SERVERS } from './schema.ts'

const TOOL_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
])

/**
 * Reads the tools of a request. A tool with a type of its own is run by the provider and carried whole, and so is a server
 * of tools that the provider would call.
 *
 * @param joined definitions that stand in the conversation
 */
export function decodeTools(body: JsonObject, joined: readonly JoinedTool[]): readonly Tool[] | undefined {
  const tools = optionalArray(body, 'tools', '') ?? []
  const servers = optionalArray(body, TOOL_SERVERS, '') ?? []
  if (tools.length + servers.length + joined.length === 0) return undefined
  return [
    ...tools.map((tool, index) => decodeTool(tool, `tools[${index}]`)),
    ...servers.map((server, index) => decodeServer(server, `${TOOL_SERVERS}[${index}]`)),
    ...joined.map(({ definition, at }) => ({ ...decodeTool(definition, at), joined: true })),
  ]
}

function decodeServer(raw: Json, path: string): Tool {
  if (!isObject(raw)) return refuse(path, 'Input should be an object')
  return { type: 'hosted', family: FAMILY, name: TOOL_SERVERS, raw, at: path }
}

function decodeTool(raw: Json, path: string): Tool {
  if (!isObject(raw)) return refuse(path, 'Input should be an object')
  const place = `${path}.`
  const type = optionalString(raw, 'type', place)
  if (type !== undefined && type !== 'custom') {
    return { type: 'hosted', family: FAMILY, name: type, raw, at: path }
  }
  return decodeFunction(raw, place)
}

function decodeFunction(raw: JsonObject, path: string): FunctionTool {
  const description = optionalString(raw, 'description', path)
  const parameters = optionalObject(raw, 'input_schema', path)
  const strict = optionalBoolean(raw, 'strict', path)
  return {
    type: 'function',
    name: requireString(raw, 'name', path),
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(strict === undefined ? {} : { strict }),
    ...readCacheMark(raw),
    ...readMarkedExtra(raw, TOOL_FIELDS),
  }
}

const CHOICES: Readonly<Record<string, 'auto' | 'none' | 'required'>> = {
  auto: 'auto',
  none: 'none',
  any: 'required',
}

/** Reads `tool_choice`: which tools may or must be called, and whether several at once. */
export function decodeToolChoice(request: Draft<ChatRequest>, body: JsonObject): void {
  const raw = body['tool_choice']
  if (isAbsent(raw)) return
  if (!isObject(raw)) return refuse('tool_choice', 'Input should be an object')
  const type = requireString(raw, 'type', 'tool_choice.')
  const alone = optionalBoolean(raw, 'disable_parallel_tool_use', 'tool_choice.') === true
  request.toolChoice = readChoice(type, raw)
  if (alone) request.parallelToolCalls = false
}

function readChoice(type: string, raw: JsonObject): ToolChoice {
  if (type === 'tool') return { type: 'tool', name: requireString(raw, 'name', 'tool_choice.') }
  const choice = CHOICES[type]
  if (choice === undefined)
    return refuse('tool_choice.type', "Input should be 'auto', 'any', 'tool' or 'none'")
  return { type: choice }
}
