import type { FunctionTool, Tool, ToolChoice } from '../../exchange/chat.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import type { Body } from '../fates.ts'
import { keepUnknown, unknownMembers } from '../unknown-members.ts'
import { CACHE_MARK, FAMILY, FIELDS, TOOL_SERVERS } from './vocabulary.ts'

const TOOL_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  CACHE_MARK,
])

/**
 * Reads the tools of a request. A tool with a type of its own is run by the provider and carried whole, and so is a server
 * of tools that the provider would call.
 */
export function readTools(body: JsonObject): readonly Tool[] | undefined {
  const tools = FIELDS.array(body, 'tools') ?? NONE
  const servers = FIELDS.array(body, TOOL_SERVERS) ?? NONE
  if (tools.length + servers.length === 0) return undefined
  return [
    ...tools.map((tool, index) => readTool(tool, `tools[${index}]`)),
    ...servers.map((server, index) => readServer(server, `${TOOL_SERVERS}[${index}]`)),
  ]
}

const NONE: readonly Json[] = []

function readServer(value: Json, at: string): Tool {
  return { type: 'hosted', family: FAMILY, name: TOOL_SERVERS, raw: FIELDS.asObject(value, at), at }
}

/** Reads one tool, by the place where it is defined. */
export function readTool(value: Json, at: string): Tool {
  const raw = FIELDS.asObject(value, at)
  const type = FIELDS.text(raw, 'type', at)
  if (type !== undefined && type !== 'custom') return { type: 'hosted', family: FAMILY, name: type, raw, at }
  const tool: Mutable<FunctionTool> = {
    type: 'function',
    name: FIELDS.requiredText(raw, 'name', at),
    ...FIELDS.mark(raw),
    ...FIELDS.unknown(raw, TOOL_FIELDS),
  }
  setDefined(tool, 'description', FIELDS.text(raw, 'description', at))
  setDefined(tool, 'parameters', FIELDS.object(raw, 'input_schema', at))
  setDefined(tool, 'strict', FIELDS.flag(raw, 'strict', at))
  return tool
}

const CHOICES: ReadonlyMap<string, 'auto' | 'none' | 'required'> = new Map<
  string,
  'auto' | 'none' | 'required'
>([
  ['auto', 'auto'],
  ['none', 'none'],
  ['any', 'required'],
])

const CHOICE: ReadonlySet<string> = new Set(['type', 'disable_parallel_tool_use'])
const NAMED_CHOICE: ReadonlySet<string> = new Set([...CHOICE, 'name'])

/** Reads which tools may or must be called. */
export function readToolChoice(body: JsonObject, rest: Body): ToolChoice | undefined {
  const raw = FIELDS.object(body, 'tool_choice')
  if (raw === undefined) return undefined
  const type = FIELDS.requiredText(raw, 'type', 'tool_choice')
  keepUnknown(rest, 'tool_choice', unknownMembers(raw, type === 'tool' ? NAMED_CHOICE : CHOICE))
  if (type === 'tool') return { type: 'tool', name: FIELDS.requiredText(raw, 'name', 'tool_choice') }
  const choice = CHOICES.get(type)
  if (choice === undefined) return FIELDS.refuseKind('tool_choice.type', "'auto', 'any', 'tool' or 'none'")
  return { type: choice }
}

/** False where at most one tool may be called at once. */
export function readParallelToolCalls(body: JsonObject): boolean | undefined {
  const raw = FIELDS.object(body, 'tool_choice')
  const alone = raw !== undefined && FIELDS.flag(raw, 'disable_parallel_tool_use', 'tool_choice') === true
  return alone ? false : undefined
}
