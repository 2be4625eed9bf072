import type { HostedTool, Tool, ToolChoice } from '../../exchange/chat.ts'
import { isObject, omitKeys, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { isAbsent } from '../fields.ts'
import type { Body } from '../fates.ts'
import { keepUnknown } from '../unknown-members.ts'
import { ToolFields } from '../tool-fields.ts'
import { FAMILY, FIELDS } from './vocabulary.ts'

/** Between a namespace and the name of a tool in it, in the one name by which other dialects know both. */
const JOINT = '__'

/** The member of a tool's `extra` that keeps the namespace it is offered in, as the client wrote it, and its name there. */
const NAMESPACE = 'namespace'
const GROUP: ReadonlySet<string> = new Set([NAMESPACE])

/** The tools of Responses. Whether a function is strict is always said, because the API takes it for strict otherwise. */
export const TOOLS = new ToolFields({
  fields: FIELDS,
  nested: false,
  explicit: true,
  list: listTools,
  nameIn: (choice) => {
    const type = FIELDS.requiredText(choice, 'type', 'tool_choice')
    // Hosted tools are chosen by their type.
    if (type !== 'function' && type !== 'custom') return type
    return joinName(readString(choice, NAMESPACE), FIELDS.requiredText(choice, 'name', 'tool_choice'))
  },
  nameMembers: namespaceMembers,
})

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
  return listed.flatMap((tool, index) => {
    const itemIndex = `${at}[${index}]`
    const isGroup = isObject(tool) && tool['type'] === NAMESPACE
    return isGroup ? readNamespace(tool, itemIndex) : TOOLS.read(tool, itemIndex)
  })
}

/** Every tool of a namespace is one of its own, under a name that holds both names. */
function readNamespace(raw: JsonObject, at: string): readonly Tool[] {
  const { tools: _tools, ...namespace } = raw
  const name = FIELDS.requiredText(raw, 'name', at)
  return readToolList(FIELDS.array(raw, 'tools', at) ?? [], `${at}.tools`).map((tool) => {
    if (tool.type === 'hosted') return tool
    const extra = { [FAMILY]: { ...tool.extra?.[FAMILY], [NAMESPACE]: { namespace, name: tool.name } } }
    return { ...tool, name: joinName(name, tool.name), extra }
  })
}

/** Reads `tool_choice`; undefined when it is not there. */
export function readToolChoice(body: JsonObject, rest: Body): ToolChoice | undefined {
  const choice = body['tool_choice']
  if (isAbsent(choice)) return undefined
  keepUnknown(rest, 'tool_choice', TOOLS.unknownInChoice(choice))
  return TOOLS.readChoice(choice, 'tool_choice')
}

/** The one name of a tool and its namespace. */
export function joinName(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}${JOINT}${name}`
}

/** The namespace in which a tool is offered, as the client wrote it, and its name there; undefined where that is none. */
function namespaceOf(tool: Tool | undefined): { namespace: JsonObject; name: Json } | undefined {
  const within = tool === undefined || tool.type === 'hosted' ? undefined : tool.extra?.[FAMILY]?.[NAMESPACE]
  if (!isObject(within)) return undefined
  const { namespace, name = null } = within
  return isObject(namespace) ? { namespace, name } : undefined
}

/** The members by which a call or a choice names a tool of a namespace; undefined for all others. */
export function namespaceMembers(name: string, tools: readonly Tool[] | undefined): JsonObject | undefined {
  const within = namespaceOf(tools?.find((tool) => tool.name === name))
  return within === undefined ? undefined : { name: within.name, namespace: within.namespace['name'] }
}

/** The tools of a namespace are listed below it, where its first one stands. */
function listTools(tools: readonly Tool[], written: readonly JsonObject[]): readonly JsonObject[] {
  const groups = new Map<Json | undefined, JsonObject[]>()
  return written.flatMap((tool, index) => {
    const within = namespaceOf(tools[index])
    if (within === undefined) return [tool]
    const { namespace, name } = within
    const known = groups.get(namespace['name'])
    const members = known ?? []
    groups.set(namespace['name'], members)
    members.push({ ...omitKeys(tool, GROUP), name })
    return known === undefined ? [{ ...namespace, tools: members }] : []
  })
}
