import type { ChatRequest, FunctionTool, TextTool, Tool, ToolChoice } from '../../exchange/chat.ts'
import { Failure } from '../../exchange/failure.ts'
import { readObject, readString, type JsonObject } from '../../kit/json.ts'
import { mayChooseTools } from '../tool-choice.ts'
import { toWireToolName } from '../tool-name.ts'
import { lowerParameters, type LoweredSchema } from '../tool-parameters.ts'
import { withUnknown } from '../unknown-members.ts'
import { lowerOutputSchema } from './output-schema.ts'
import { CACHE_MARK, FAMILY, TOOL_SERVERS } from './schema.ts'
import { toCacheControl, type ToMessages } from './to-messages.ts'

/** Arguments of the function that stands for a free-text tool. */
const TEXT_INPUT: JsonObject = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
}
const TEXT_INPUT_SENTENCE = 'Put the whole input, as free text, into the field "input".'

/**
 * Writes `tools`, their servers and `tool_choice`. Throws `unsupported-feature` for tools that another family's provider
 * would run: leaving one out would change what the model can do.
 */
export function writeTools(to: ToMessages): JsonObject {
  const { chat, quirks, capabilities, notice } = to
  const tools = selectTools(chat)
  if (tools.length > 0 && (quirks.tools === false || capabilities.tools === false)) {
    throw new Failure('unsupported-feature', { param: 'tools', message: 'The chosen model takes no tools.' })
  }
  const listed = tools.filter((tool) => !isServer(tool) && !joinsInTurn(tool))
  const chooses = mayChooseTools(chat.toolChoice, listed.length, notice)
  return {
    tools: writeList(listed, to),
    tool_choice: chooses ? writeToolChoice(to) : undefined,
    [TOOL_SERVERS]: writeList(tools.filter(isServer), to),
  }
}

/** What joins in the middle of the conversation is defined there, if it can be defined here at all. */
function joinsInTurn(tool: Tool): boolean {
  if (tool.type === 'hosted' && tool.family !== FAMILY) return false
  return tool.type !== 'text' && tool.joined === true
}

/** Servers of tools have a field of their own, beside the tools. */
function isServer(tool: Tool): boolean {
  return tool.type === 'hosted' && tool.family === FAMILY && tool.name === TOOL_SERVERS
}

function writeList(tools: readonly Tool[], to: ToMessages): readonly JsonObject[] | undefined {
  return tools.length === 0 ? undefined : tools.map((tool) => writeTool(tool, to))
}

/** A choice among several tools has no word here; the other tools are left out instead. */
function selectTools(chat: ChatRequest): readonly Tool[] {
  const { tools = [], toolChoice } = chat
  if (toolChoice?.type !== 'allowed' || isSingle(toolChoice)) return tools
  return tools.filter((tool) => toolChoice.names.includes(tool.name))
}

function isSingle(choice: Extract<ToolChoice, { type: 'allowed' }>): boolean {
  return choice.mode === 'required' && choice.names.length === 1
}

function writeTool(tool: Tool, to: ToMessages): JsonObject {
  switch (tool.type) {
    case 'hosted':
      if (tool.family === FAMILY) return tool.raw
      throw new Failure('unsupported-feature', {
        param: tool.at ?? 'tools',
        message: `The chosen model cannot use the hosted tool "${tool.name}". Remove it or choose another model.`,
      })
    case 'function':
      return withMark(tool, writeFunction(tool, to), to)
    case 'text':
      return withMark(tool, writeTextTool(tool, to), to)
  }
}

function withMark(
  { cache, extra }: FunctionTool | TextTool,
  tool: JsonObject,
  { notice }: ToMessages,
): JsonObject {
  const own = extra?.[FAMILY]
  const isMarked = cache !== undefined && own?.[CACHE_MARK] === undefined
  return withUnknown(isMarked ? { ...tool, [CACHE_MARK]: toCacheControl(cache, notice) } : tool, own)
}

function writeFunction(tool: FunctionTool, to: ToMessages): JsonObject {
  const { quirks, notice } = to
  const strict = tool.strict === true && quirks.strictTools !== false
  if (tool.strict === true && !strict) notice('param.dropped', 'strict')
  const lowered = lowerFunction(tool, strict)
  if (lowered.changed) notice('schema.lowered', tool.name)
  return {
    name: toName(tool.name, to),
    description: tool.description,
    input_schema: lowered.schema,
    strict: strict || undefined,
  }
}

function lowerFunction(tool: FunctionTool, strict: boolean): LoweredSchema {
  const rooted = lowerParameters(tool.parameters)
  if (!strict) return rooted
  const closed = lowerOutputSchema(rooted.schema)
  return { schema: closed.schema, changed: rooted.changed || closed.changed }
}

function writeTextTool({ name, description, format }: TextTool, to: ToMessages): JsonObject {
  to.notice('tool.emulated', name)
  const sentences = [description, TEXT_INPUT_SENTENCE, describeGrammar(format)]
  return {
    name: toName(name, to),
    description: sentences.filter((part) => part !== undefined && part !== '').join('\n\n'),
    input_schema: TEXT_INPUT,
  }
}

/** The grammar of a free-text tool, for the model to read. */
function describeGrammar(format: JsonObject | undefined): string | undefined {
  if (format === undefined || readString(format, 'type') === 'text') return undefined
  const grammar = readObject(format, 'grammar') ?? format
  const definition = readString(grammar, 'definition') ?? JSON.stringify(grammar)
  const syntax = readString(grammar, 'syntax')
  return `The input must follow this grammar${syntax === undefined ? '' : ` (${syntax})`}:\n${definition}`
}

/** Calls come back under the name that the client knows. */
function toName(name: string, { wire, notice }: ToMessages): string {
  const wireName = toWireToolName(name, wire)
  if (wireName !== name) notice('tool.renamed', name)
  return wireName
}

/** Thinking excludes being forced to call a tool. */
function writeToolChoice(to: ToMessages): JsonObject | undefined {
  const { chat, plan, notice } = to
  const wanted = chat.toolChoice === undefined ? undefined : toWireChoice(chat.toolChoice, to)
  const isWeakened = plan.active && (wanted?.['type'] === 'any' || wanted?.['type'] === 'tool')
  if (isWeakened) notice('tool-choice.weakened', 'tool_choice')
  const choice = isWeakened ? AUTO : wanted
  if (chat.parallelToolCalls !== false || choice?.['type'] === 'none') return choice
  return { ...(choice ?? AUTO), disable_parallel_tool_use: true }
}

const AUTO: JsonObject = { type: 'auto' }

function toWireChoice(choice: ToolChoice, { wire, notice }: ToMessages): JsonObject {
  switch (choice.type) {
    case 'auto':
    case 'none':
      return { type: choice.type }
    case 'required':
      return { type: 'any' }
    case 'tool':
      return { type: 'tool', name: toWireToolName(choice.name, wire) }
    case 'allowed': {
      const [name] = choice.names
      if (isSingle(choice) && name !== undefined) return { type: 'tool', name: toWireToolName(name, wire) }
      notice('tool-choice.weakened', 'tool_choice')
      return { type: choice.mode === 'required' ? 'any' : 'auto' }
    }
  }
}
