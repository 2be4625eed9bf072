import type { FunctionTool, TextTool, Tool, ToolChoice } from '../../exchange/chat.ts'
import type { JsonObject } from '../../kit/json.ts'
import type { Body } from '../fates.ts'
import { settleChoice, settleTools } from '../settle-tools.ts'
import { closeParameters } from '../strict-schema.ts'
import { mayChooseTools } from '../tool-choice.ts'
import { lowerParameters } from '../tool-parameters.ts'
import type { Towards } from '../towards.ts'
import { withUnknown } from '../unknown-members.ts'
import { narrowTools } from './narrow-tools.ts'
import { FAMILY } from './vocabulary.ts'

/** The tool that stands in a field of its own. */
const SEARCH = 'web_search_options'

/** Writes tools, their choice and parallelism. Throws `unsupported-feature` for tools that the target cannot have. */
export function writeTools(to: Towards, body: Body): void {
  const { tools: wanted = NO_TOOLS, toolChoice, parallelToolCalls } = to.chat
  const { tools: offered, choice } = narrowTools(wanted, toolChoice, to)
  const tools = settleTools(offered, to, FAMILY)
  const listed = tools.flatMap((tool, index) => writeTool(tool, index, to))
  const search = tools.find(({ type, name }) => type === 'hosted' && name === SEARCH)
  if (listed.length > 0) body['tools'] = listed
  if (search?.type === 'hosted') body[SEARCH] = search.raw
  if (!mayChooseTools(choice, listed.length, to.notice)) return
  if (choice !== undefined) body['tool_choice'] = writeChoice(settleChoice(choice, to), tools, to)
  if (parallelToolCalls !== undefined) body['parallel_tool_calls'] = parallelToolCalls
}

const NO_TOOLS: readonly Tool[] = []

function writeTool(tool: Tool, index: number, to: Towards): readonly JsonObject[] {
  switch (tool.type) {
    case 'function':
      return [withMark(tool, writeFunction(tool, index, to), to)]
    case 'text': {
      const { name, description, format } = tool
      return [withMark(tool, { type: 'custom', custom: { name, description, format } }, to)]
    }
    case 'hosted':
      return tool.name === SEARCH ? [] : [tool.raw]
  }
}

function writeFunction(tool: FunctionTool, index: number, to: Towards): JsonObject {
  const { name, description } = tool
  const { parameters, strict } = tool.strict === true ? strictShape(tool, index, to) : looseShape(tool, to)
  const said = to.quirks.strictTools === false ? undefined : strict
  return { type: 'function', function: { name, description, parameters, strict: said } }
}

type ToolShape = Pick<FunctionTool, 'parameters' | 'strict'>

/** A strict tool, as strict as the target can have it: others demand less of a schema than this dialect. */
function strictShape(tool: FunctionTool, index: number, to: Towards): ToolShape {
  const { quirks, notice } = to
  const path = `tools[${index}].strict`
  const closed = quirks.strictTools === false ? undefined : closeParameters(tool.parameters)
  if (closed !== undefined) return { parameters: closed, strict: true }
  notice(quirks.strictTools === false ? 'param.dropped' : 'schema.unenforced', path)
  const { parameters } = looseShape(tool, to)
  return parameters === undefined ? {} : { parameters }
}

/** The schema of other tools. Absent stays absent: here it is the usual way to say that there are no arguments. */
function looseShape({ name, parameters, strict }: FunctionTool, { notice }: Towards): ToolShape {
  const said = strict === undefined ? {} : { strict }
  if (parameters === undefined) return said
  const { schema, changed } = lowerParameters(parameters)
  if (changed) notice('schema.lowered', name)
  return { ...said, parameters: schema }
}

function withMark(tool: FunctionTool | TextTool, encoded: JsonObject, { notice }: Towards): JsonObject {
  const extra = tool.extra?.[FAMILY]
  if (tool.cache !== undefined && extra?.['cache_control'] === undefined) notice('cache.hint-dropped')
  return withUnknown(encoded, extra)
}

function writeChoice(choice: ToolChoice, tools: readonly Tool[], to: Towards): string | JsonObject {
  const named = (name: string): JsonObject => {
    const isText = tools.some((tool) => tool.type === 'text' && tool.name === name)
    return isText ? { type: 'custom', custom: { name } } : { type: 'function', function: { name } }
  }
  switch (choice.type) {
    case 'auto':
    case 'none':
      return choice.type
    case 'required':
      return to.quirks.toolChoiceRequired ?? 'required'
    case 'tool':
      return named(choice.name)
    case 'allowed':
      return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools: choice.names.map(named) } }
  }
}
