import type { FunctionTool, HostedTool, TextTool, Tool, ToolChoice } from '../../exchange/chat.ts'
import { Failure } from '../../exchange/failure.ts'
import type { JsonObject } from '../../kit/json.ts'
import { mayChooseTools } from '../tool-choice.ts'
import { toWireToolName } from '../tool-name.ts'
import { lowerParameters } from '../tool-parameters.ts'
import type { Body } from '../fates.ts'
import type { Towards } from '../towards.ts'
import { withUnknown } from '../unknown-members.ts'
import { FAMILY } from './schema.ts'
import { narrowTools } from './narrow-tools.ts'
import { closeParameters } from './strict-schema.ts'

/** Writes tools, their choice and parallelism. Throws `unsupported-feature` for tools that the target cannot have. */
export function writeTools(to: Towards, body: Body): void {
  const { toolChoice, parallelToolCalls } = to.chat
  const { tools, choice } = narrowTools(to.chat.tools ?? NO_TOOLS, toolChoice, to)
  const listed = tools.length === 0 ? 0 : listTools(body, tools, to)
  if (!mayChooseTools(choice, listed, to.notice)) return
  if (choice !== undefined) body['tool_choice'] = writeChoice(choice, tools, to)
  if (parallelToolCalls !== undefined) body['parallel_tool_calls'] = parallelToolCalls
}

const NO_TOOLS: readonly Tool[] = []

/** Writes the tools and gives the number of those that can be chosen. */
function listTools(body: Body, tools: readonly Tool[], to: Towards): number {
  if (to.quirks.tools === false || to.capabilities.tools === false) {
    throw new Failure('unsupported-feature', { param: 'tools', message: 'The model does not take tools.' })
  }
  const listed = tools.flatMap((tool, index) => writeTool(tool, index, to))
  const search = tools.find((tool) => tool.type === 'hosted' && tool.name === 'web_search_options')
  if (listed.length > 0) body['tools'] = listed
  if (search?.type === 'hosted') body['web_search_options'] = search.raw
  return listed.length
}

function writeTool(tool: Tool, index: number, to: Towards): JsonObject[] {
  switch (tool.type) {
    case 'function':
      return [withMark(tool, writeFunction(tool, index, to), to)]
    case 'text':
      return [withMark(tool, writeText(tool, index, to), to)]
    case 'hosted':
      return writeHosted(tool, index)
  }
}

function writeFunction(tool: FunctionTool, index: number, to: Towards): JsonObject {
  const { description } = tool
  const { parameters, strict } = tool.strict === true ? strictShape(tool, index, to) : looseShape(tool, to)
  return {
    type: 'function',
    function: {
      name: writeName(tool.name, to),
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters }),
      ...(strict === undefined || to.quirks.strictTools === false ? {} : { strict }),
    },
  }
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

/** Calls come back under the name that the client knows. */
function writeName(name: string, { wire, notice }: Towards): string {
  const wireName = toWireToolName(name, wire)
  if (wireName !== name) notice('tool.renamed', name)
  return wireName
}

function writeText(tool: TextTool, index: number, to: Towards): JsonObject {
  const { description, format } = tool
  const name = writeName(tool.name, to)
  if (!to.wire.emulatesText) {
    return {
      type: 'custom',
      custom: {
        name,
        ...(description === undefined ? {} : { description }),
        ...(format === undefined ? {} : { format }),
      },
    }
  }
  to.notice('tool.emulated', `tools[${index}]`)
  const grammar =
    format === undefined ? [] : [`The input must follow this format:\n${JSON.stringify(format)}`]
  return {
    type: 'function',
    function: {
      name,
      description: [description, ...grammar].filter((piece) => piece !== undefined).join('\n\n'),
      parameters: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
    },
  }
}

function writeHosted(tool: HostedTool, index: number): JsonObject[] {
  if (tool.family !== FAMILY) {
    throw new Failure('unsupported-feature', {
      param: tool.at ?? `tools[${index}]`,
      message: `The tool ${tool.name} is run by another provider and is not available at the chosen model.`,
    })
  }
  return tool.name === 'web_search_options' ? [] : [tool.raw]
}

function withMark(tool: FunctionTool | TextTool, encoded: JsonObject, { notice }: Towards): JsonObject {
  const extra = tool.extra?.[FAMILY]
  if (tool.cache !== undefined && extra?.['cache_control'] === undefined) notice('cache.hint-dropped')
  return withUnknown(encoded, extra)
}

function writeChoice(choice: ToolChoice, tools: readonly Tool[], to: Towards): string | JsonObject {
  const { wire } = to
  const isText = (name: string): boolean =>
    !wire.emulatesText && tools.some((tool) => tool.type === 'text' && tool.name === name)
  const named = (known: string): JsonObject => {
    const name = toWireToolName(known, wire)
    return isText(known) ? { type: 'custom', custom: { name } } : { type: 'function', function: { name } }
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
