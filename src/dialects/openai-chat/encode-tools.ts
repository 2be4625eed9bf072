import type {
  ChatRequest,
  FunctionTool,
  HostedTool,
  TextTool,
  Tool,
  ToolChoice,
} from '../../exchange/chat.ts'
import { Failure } from '../../exchange/failure.ts'
import type { JsonObject } from '../../kit/json.ts'
import { mayChooseTools } from '../tool-choice.ts'
import { toWireToolName } from '../tool-name.ts'
import { lowerParameters } from '../tool-parameters.ts'
import type { Encoding, RequestFields } from './encode-context.ts'
import { amongUnknown } from './family-fields.ts'
import { FAMILY } from './schema.ts'
import { narrowTools } from './narrow-tools.ts'
import { closeParameters } from './strict-schema.ts'

/** Writes tools, their choice and parallelism. Throws `unsupported-feature` for tools that the target cannot have. */
export function encodeTools(body: RequestFields, request: ChatRequest, encoding: Encoding): void {
  const { toolChoice, parallelToolCalls } = request
  const { tools, choice } = narrowTools(request.tools ?? NO_TOOLS, toolChoice, encoding)
  const listed = tools.length === 0 ? 0 : listTools(body, tools, encoding)
  if (!mayChooseTools(choice, listed, encoding.notice)) return
  if (choice !== undefined) body['tool_choice'] = encodeChoice(choice, tools, encoding)
  if (parallelToolCalls !== undefined) body['parallel_tool_calls'] = parallelToolCalls
}

const NO_TOOLS: readonly Tool[] = []

/** Writes the tools and gives the number of those that can be chosen. */
function listTools(body: RequestFields, tools: readonly Tool[], encoding: Encoding): number {
  if (encoding.quirks.tools === false || encoding.capabilities.tools === false) {
    throw new Failure('unsupported-feature', { param: 'tools', message: 'The model does not take tools.' })
  }
  const listed = tools.flatMap((tool, index) => encodeTool(tool, index, encoding))
  const search = tools.find((tool) => tool.type === 'hosted' && tool.name === 'web_search_options')
  if (listed.length > 0) body['tools'] = listed
  if (search?.type === 'hosted') body['web_search_options'] = search.raw
  return listed.length
}

function encodeTool(tool: Tool, index: number, encoding: Encoding): JsonObject[] {
  switch (tool.type) {
    case 'function':
      return [withMark(tool, encodeFunction(tool, index, encoding), encoding)]
    case 'text':
      return [withMark(tool, encodeText(tool, index, encoding), encoding)]
    case 'hosted':
      return encodeHosted(tool, index)
  }
}

function encodeFunction(tool: FunctionTool, index: number, encoding: Encoding): JsonObject {
  const { description } = tool
  const { parameters, strict } =
    tool.strict === true ? strictShape(tool, index, encoding) : looseShape(tool, encoding)
  return {
    type: 'function',
    function: {
      name: encodeName(tool.name, encoding),
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters }),
      ...(strict === undefined || encoding.quirks.strictTools === false ? {} : { strict }),
    },
  }
}

type ToolShape = Pick<FunctionTool, 'parameters' | 'strict'>

/** A strict tool, as strict as the target can have it: others demand less of a schema than this dialect. */
function strictShape(tool: FunctionTool, index: number, encoding: Encoding): ToolShape {
  const { quirks, notice } = encoding
  const path = `tools[${index}].strict`
  const closed = quirks.strictTools === false ? undefined : closeParameters(tool.parameters)
  if (closed !== undefined) return { parameters: closed, strict: true }
  notice(quirks.strictTools === false ? 'param.dropped' : 'schema.unenforced', path)
  const { parameters } = looseShape(tool, encoding)
  return parameters === undefined ? {} : { parameters }
}

/** The schema of other tools. Absent stays absent: here it is the usual way to say that there are no arguments. */
function looseShape({ name, parameters, strict }: FunctionTool, { notice }: Encoding): ToolShape {
  const said = strict === undefined ? {} : { strict }
  if (parameters === undefined) return said
  const { schema, changed } = lowerParameters(parameters)
  if (changed) notice('schema.lowered', name)
  return { ...said, parameters: schema }
}

/** Calls come back under the name that the client knows. */
function encodeName(name: string, { wire, notice }: Encoding): string {
  const wireName = toWireToolName(name, wire)
  if (wireName !== name) notice('tool.renamed', name)
  return wireName
}

function encodeText(tool: TextTool, index: number, encoding: Encoding): JsonObject {
  const { description, format } = tool
  const name = encodeName(tool.name, encoding)
  if (!encoding.wire.emulatesText) {
    return {
      type: 'custom',
      custom: {
        name,
        ...(description === undefined ? {} : { description }),
        ...(format === undefined ? {} : { format }),
      },
    }
  }
  encoding.notice('tool.emulated', `tools[${index}]`)
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

function encodeHosted(tool: HostedTool, index: number): JsonObject[] {
  if (tool.family !== FAMILY) {
    throw new Failure('unsupported-feature', {
      param: tool.at ?? `tools[${index}]`,
      message: `The tool ${tool.name} is run by another provider and is not available at the chosen model.`,
    })
  }
  return tool.name === 'web_search_options' ? [] : [tool.raw]
}

function withMark(tool: FunctionTool | TextTool, encoded: JsonObject, { notice }: Encoding): JsonObject {
  const extra = tool.extra?.[FAMILY]
  if (tool.cache !== undefined && extra?.['cache_control'] === undefined) notice('cache.hint-dropped')
  return amongUnknown(encoded, extra)
}

function encodeChoice(choice: ToolChoice, tools: readonly Tool[], encoding: Encoding): string | JsonObject {
  const { wire } = encoding
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
      return encoding.quirks.toolChoiceRequired ?? 'required'
    case 'tool':
      return named(choice.name)
    case 'allowed':
      return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools: choice.names.map(named) } }
  }
}
