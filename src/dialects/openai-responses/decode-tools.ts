import type { FunctionTool, HostedTool, TextTool, Tool, ToolChoice } from '../../exchange/chat.ts'
import { defined } from '../../kit/defined.ts'
import { isObject, readObjects, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { isAbsent } from '../fields.ts'
import { FAMILY, FIELDS } from './vocabulary.ts'

const FUNCTION_FIELDS: ReadonlySet<string> = new Set(['type', 'name', 'description', 'parameters', 'strict'])
const CUSTOM_FIELDS: ReadonlySet<string> = new Set(['type', 'name', 'description', 'format'])

/** Between a namespace and the name of a tool in it, in the one name by which other dialects know both. */
const JOINT = '__'

/** The member of a tool's `extra` that keeps the namespace it is offered in, as the client wrote it, without its tools. */
const NAMESPACE = 'namespace'

/** Tools with a type of their own that the client runs: they cost nothing at the provider. */
const RUN_AT_CLIENT: ReadonlySet<string> = new Set([
  'local_shell',
  'shell',
  'apply_patch',
  'computer',
  'computer_use_preview',
  'tool_search',
])

/** Does the client run a tool of such a type? */
export function runsAtClient(type: string): boolean {
  return RUN_AT_CLIENT.has(type)
}

/**
 * Hosted tools that agents offer with every request, beside their own functions and whatever the model. Who offers nothing else, or
 * chooses one, means it.
 */
const OFFERED_BY_HABIT: ReadonlySet<string> = new Set([
  'web_search',
  'web_search_preview',
  'image_generation',
  'tool_search',
])

/** Reads `tools`; undefined when there are none. */
export function readTools(body: JsonObject): readonly Tool[] | undefined {
  const listed = FIELDS.array(body, 'tools')
  if (listed === undefined) return undefined
  const tools = readToolList(listed, 'tools')
  if (tools.every(({ type }) => type === 'hosted') || isObject(body['tool_choice'])) return tools
  return tools.map((tool) => (isHabit(tool) ? { ...tool, optional: true } : tool))
}

function isHabit(tool: Tool): tool is HostedTool {
  return tool.type === 'hosted' && OFFERED_BY_HABIT.has(tool.name)
}

/** Reads a list of tools that stands at `at`. */
export function readToolList(listed: readonly Json[], at: string): readonly Tool[] {
  return listed.flatMap((tool, index) => readTool(tool, `${at}[${index}]`))
}

function readTool(value: Json, at: string): readonly Tool[] {
  const raw = FIELDS.asObject(value, at)
  const type = FIELDS.requiredText(raw, 'type', at)
  if (type === 'function') return [readFunction(raw, at)]
  if (type === 'custom') return [readCustom(raw, at)]
  if (type === NAMESPACE) return readNamespace(raw, at)
  return [{ type: 'hosted', family: FAMILY, name: type, raw, at }]
}

function readFunction(raw: JsonObject, at: string): FunctionTool {
  return {
    type: 'function',
    name: FIELDS.requiredText(raw, 'name', at),
    ...defined({
      description: FIELDS.text(raw, 'description', at),
      parameters: FIELDS.object(raw, 'parameters', at),
      strict: FIELDS.flag(raw, 'strict', at),
    }),
    ...FIELDS.unknown(raw, FUNCTION_FIELDS),
  }
}

function readCustom(raw: JsonObject, at: string): TextTool {
  return {
    type: 'text',
    name: FIELDS.requiredText(raw, 'name', at),
    ...defined({
      description: FIELDS.text(raw, 'description', at),
      format: FIELDS.object(raw, 'format', at),
    }),
    ...FIELDS.unknown(raw, CUSTOM_FIELDS),
  }
}

/** Every tool of a namespace is one of its own, under a name that holds both names. */
function readNamespace(raw: JsonObject, at: string): readonly Tool[] {
  const { tools: _tools, ...namespace } = raw
  const name = FIELDS.requiredText(raw, 'name', at)
  return readToolList(FIELDS.array(raw, 'tools', at) ?? [], `${at}.tools`).map((tool) => {
    if (tool.type === 'hosted') return tool
    const extra = { [FAMILY]: { ...tool.extra?.[FAMILY], [NAMESPACE]: namespace } }
    return { ...tool, name: joinName(name, tool.name), extra }
  })
}

/** The one name of a tool and its namespace. */
export function joinName(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}${JOINT}${name}`
}

/** A tool as it is offered in a namespace. */
export interface NamespacedTool {
  /** The namespace as the client wrote it, without its tools. */
  readonly namespace: JsonObject
  /** The tool's name there. */
  readonly name: string
}

/** Where a tool is offered; undefined where that is no namespace. */
export function namespaceOf(tool: Tool): NamespacedTool | undefined {
  const namespace = tool.type === 'hosted' ? undefined : tool.extra?.[FAMILY]?.[NAMESPACE]
  if (!isObject(namespace)) return undefined
  return { namespace, name: tool.name.slice((readString(namespace, 'name') ?? '').length + JOINT.length) }
}

/** The members by which a call names its tool. */
export function nameMembers(name: string, tools: readonly Tool[] | undefined): JsonObject {
  const tool = tools?.find((one) => one.name === name)
  const within = tool === undefined ? undefined : namespaceOf(tool)
  return within === undefined ? { name } : { name: within.name, namespace: within.namespace['name'] }
}

const WORDS: ReadonlyMap<Json, ToolChoice> = new Map<Json, ToolChoice>([
  ['auto', { type: 'auto' }],
  ['none', { type: 'none' }],
  ['required', { type: 'required' }],
])

/** Reads `tool_choice`; undefined when it is not there. */
export function readToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = body['tool_choice']
  if (isAbsent(choice)) return undefined
  if (!isObject(choice))
    return WORDS.get(choice) ?? FIELDS.refuseKind('tool_choice', 'none, auto, required, or name a tool')
  const type = FIELDS.requiredText(choice, 'type', 'tool_choice')
  if (type !== 'allowed_tools') return { type: 'tool', name: chosenName(choice) }
  const mode = readString(choice, 'mode') === 'required' ? 'required' : 'auto'
  return { type: 'allowed', mode, names: readObjects(choice, 'tools').map(chosenName) }
}

/** Hosted tools are chosen by their type. */
function chosenName(choice: JsonObject): string {
  const type = FIELDS.requiredText(choice, 'type', 'tool_choice')
  if (type !== 'function' && type !== 'custom') return type
  return joinName(readString(choice, NAMESPACE), FIELDS.requiredText(choice, 'name', 'tool_choice'))
}
