import type { FunctionTool, Tool, ToolChoice } from '../../exchange/chat.ts'
import { omitKeys, type Json, type JsonObject } from '../../kit/json.ts'
import type { Body } from '../fates.ts'
import { settleChoice, settleTools } from '../settle-tools.ts'
import { closeParameters } from '../strict-schema.ts'
import { mayChooseTools } from '../tool-choice.ts'
import { lowerParameters } from '../tool-parameters.ts'
import { withUnknown } from '../unknown-members.ts'
import { nameMembers, namespaceOf } from './decode-tools.ts'
import { FAMILY } from './vocabulary.ts'
import type { ToResponses } from './to-responses.ts'

const GROUP: ReadonlySet<string> = new Set(['namespace'])

/** Writes tools, their choice and parallelism. Throws `unsupported-feature` for tools that the target cannot have. */
export function writeTools(to: ToResponses, body: Body): void {
  const { tools: wanted = NO_TOOLS, toolChoice, parallelToolCalls } = to.chat
  const tools = settleTools(wanted, to, FAMILY)
  if (tools.length > 0) body['tools'] = listTools(tools, to)
  if (!mayChooseTools(toolChoice, tools.length, to.notice)) return
  if (toolChoice !== undefined) body['tool_choice'] = writeChoice(settleChoice(toolChoice, to), tools)
  if (parallelToolCalls !== undefined) body['parallel_tool_calls'] = parallelToolCalls
}

const NO_TOOLS: readonly Tool[] = []

/** Tools of a namespace that lie next to each other are listed below it. */
function listTools(tools: readonly Tool[], to: ToResponses): readonly JsonObject[] {
  const listed: JsonObject[] = []
  let group: { readonly name: Json | undefined; readonly tools: JsonObject[] } | undefined
  tools.forEach((tool, index) => {
    const within = namespaceOf(tool)
    const written = writeTool(tool, `tools[${index}]`, to)
    if (within === undefined) {
      group = undefined
      listed.push(written)
      return
    }
    const { name } = within.namespace
    if (group?.name !== name) {
      group = { name, tools: [] }
      listed.push({ ...within.namespace, tools: group.tools })
    }
    group?.tools.push({ ...omitKeys(written, GROUP), name: within.name })
  })
  return listed
}

function writeTool(tool: Tool, at: string, to: ToResponses): JsonObject {
  if (tool.type === 'hosted') return tool.raw
  if (tool.cache !== undefined) to.notice('cache.hint-dropped')
  const { name, description } = tool
  const written =
    tool.type === 'function'
      ? writeFunction(tool, at, to)
      : { type: 'custom', name, description, format: tool.format }
  return withUnknown(written, tool.extra?.[FAMILY])
}

/** Whether a function is strict is always said, because the API takes it for strict otherwise. */
function writeFunction(tool: FunctionTool, at: string, to: ToResponses): JsonObject {
  const closed =
    tool.strict === true && to.quirks.strictTools !== false ? closeParameters(tool.parameters) : undefined
  if (tool.strict === true && closed === undefined)
    to.notice(to.quirks.strictTools === false ? 'param.dropped' : 'schema.unenforced', `${at}.strict`)
  return {
    type: 'function',
    name: tool.name,
    description: tool.description,
    parameters: closed ?? looseParameters(tool, to),
    strict: to.quirks.strictTools === false ? undefined : closed !== undefined,
  }
}

function looseParameters({ name, parameters }: FunctionTool, { notice }: ToResponses): JsonObject {
  const { schema, changed } = lowerParameters(parameters)
  if (changed) notice('schema.lowered', name)
  return schema
}

function writeChoice(choice: ToolChoice, tools: readonly Tool[]): Json {
  const named = (name: string): JsonObject => {
    const tool = tools.find((one) => one.name === name)
    if (tool?.type === 'hosted') return { type: name }
    return { type: tool?.type === 'text' ? 'custom' : 'function', ...nameMembers(name, tools) }
  }
  switch (choice.type) {
    case 'auto':
    case 'none':
    case 'required':
      return choice.type
    case 'tool':
      return named(choice.name)
    case 'allowed':
      return { type: 'allowed_tools', mode: choice.mode, tools: choice.names.map(named) }
  }
}
