import type { ChatRequest, FunctionTool, TextTool, Tool, ToolChoice } from '../../exchange/chat.ts'
import { Failure } from '../../exchange/failure.ts'
import { readObject, readString, type JsonObject } from '../../kit/json.ts'
import type { RequestContext } from '../dialect.ts'
import { mayChooseTools } from '../tool-choice.ts'
import { toWireToolName } from '../tool-name.ts'
import { lowerParameters, type LoweredSchema } from '../tool-parameters.ts'
import { writeArray, writeObject, writeOptional, type Members } from './json-text.ts'
import { lowerOutputSchema } from './output-schema.ts'
import { encodeCacheMark, ownExtra } from './request-writer.ts'
import { FAMILY, TOOL_SERVERS, TOOL_WIRE } from './schema.ts'

/** Arguments of the function that stands for a free-text tool. */
const TEXT_INPUT = '{"type":"object","properties":{"input":{"type":"string"}},"required":["input"]}'
const TEXT_INPUT_SENTENCE = 'Put the whole input, as free text, into the field "input".'

/**
 * Writes `tools`, their servers and `tool_choice`. Throws `unsupported-feature` for tools that another family's provider
 * would run: leaving one out would change what the model can do.
 *
 * @param thinking true when the model is asked to think, which excludes being forced to call a tool
 */
export function encodeTools(chat: ChatRequest, context: RequestContext, thinking: boolean): Members {
  const tools = selectTools(chat)
  if (tools.length > 0 && (context.quirks.tools === false || context.capabilities.tools === false)) {
    throw new Failure('unsupported-feature', { param: 'tools', message: 'The chosen model takes no tools.' })
  }
  const listed = tools.filter((tool) => !isServer(tool) && !joinsInTurn(tool))
  const chooses = mayChooseTools(chat.toolChoice, listed.length, context.notice)
  return {
    tools: encodeList(listed, context),
    tool_choice: chooses ? encodeToolChoice(chat, context, thinking) : undefined,
    [TOOL_SERVERS]: encodeList(tools.filter(isServer), context),
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

function encodeList(tools: readonly Tool[], context: RequestContext): string | undefined {
  return tools.length === 0 ? undefined : writeArray(tools.map((tool) => encodeTool(tool, context)))
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

function encodeTool(tool: Tool, context: RequestContext): string {
  switch (tool.type) {
    case 'hosted':
      if (tool.family === FAMILY) return JSON.stringify(tool.raw)
      throw new Failure('unsupported-feature', {
        param: tool.at ?? 'tools',
        message: `The chosen model cannot use the hosted tool "${tool.name}". Remove it or choose another model.`,
      })
    case 'function':
      return encodeFunction(tool, context)
    case 'text':
      return encodeTextTool(tool, context)
  }
}

function encodeFunction(tool: FunctionTool, context: RequestContext): string {
  const { notice } = context
  const strict = tool.strict === true && context.quirks.strictTools !== false
  if (tool.strict === true && !strict) notice('param.dropped', 'strict')
  const lowered = lowerFunction(tool, strict)
  if (lowered.changed) notice('schema.lowered', tool.name)
  return writeObject(
    {
      name: encodeName(tool.name, context),
      description: writeOptional(tool.description),
      input_schema: JSON.stringify(lowered.schema),
      strict: strict ? 'true' : undefined,
      cache_control: encodeCacheMark(tool.cache, tool.extra, notice),
    },
    ownExtra(tool.extra),
  )
}

function lowerFunction(tool: FunctionTool, strict: boolean): LoweredSchema {
  const rooted = lowerParameters(tool.parameters)
  if (!strict) return rooted
  const closed = lowerOutputSchema(rooted.schema)
  return { schema: closed.schema, changed: rooted.changed || closed.changed }
}

function encodeTextTool(tool: TextTool, context: RequestContext): string {
  context.notice('tool.emulated', tool.name)
  const parts = [tool.description, TEXT_INPUT_SENTENCE, describeGrammar(tool.format)]
  const description = parts.filter((part) => part !== undefined && part !== '').join('\n\n')
  return writeObject(
    {
      name: encodeName(tool.name, context),
      description: JSON.stringify(description),
      input_schema: TEXT_INPUT,
      cache_control: encodeCacheMark(tool.cache, tool.extra, context.notice),
    },
    ownExtra(tool.extra),
  )
}

/** The grammar of a free-text tool, for the model to read. */
function describeGrammar(format: JsonObject | undefined): string | undefined {
  if (format === undefined || readString(format, 'type') === 'text') return undefined
  const grammar = readObject(format, 'grammar') ?? format
  const definition = readString(grammar, 'definition') ?? JSON.stringify(grammar)
  const syntax = readString(grammar, 'syntax')
  return `The input must follow this grammar${syntax === undefined ? '' : ` (${syntax})`}:\n${definition}`
}

function encodeName(name: string, context: RequestContext): string {
  const wireName = toWireToolName(name, TOOL_WIRE)
  if (wireName !== name) context.notice('tool.renamed', name)
  return JSON.stringify(wireName)
}

function encodeToolChoice(chat: ChatRequest, context: RequestContext, thinking: boolean): string | undefined {
  const wanted = toWireChoice(chat.toolChoice, context)
  const forced = wanted?.type === 'any' || wanted?.type === 'tool'
  if (forced && thinking) context.notice('tool-choice.weakened', 'tool_choice')
  const choice = forced && thinking ? { type: 'auto' } : wanted
  const alone = chat.parallelToolCalls === false && choice?.type !== 'none'
  if (choice === undefined && !alone) return undefined
  return JSON.stringify({
    ...(choice ?? { type: 'auto' }),
    ...(alone ? { disable_parallel_tool_use: true } : {}),
  })
}

interface WireChoice {
  readonly type: string
  readonly name?: string
}

function toWireChoice(choice: ToolChoice | undefined, context: RequestContext): WireChoice | undefined {
  switch (choice?.type) {
    case undefined:
      return undefined
    case 'auto':
    case 'none':
      return { type: choice.type }
    case 'required':
      return { type: 'any' }
    case 'tool':
      return { type: 'tool', name: toWireToolName(choice.name, TOOL_WIRE) }
    case 'allowed':
      return toAllowedChoice(choice, context)
  }
}

function toAllowedChoice(
  choice: Extract<ToolChoice, { type: 'allowed' }>,
  context: RequestContext,
): WireChoice {
  const [name] = choice.names
  if (isSingle(choice) && name !== undefined) return { type: 'tool', name: toWireToolName(name, TOOL_WIRE) }
  context.notice('tool-choice.weakened', 'tool_choice')
  return { type: choice.mode === 'required' ? 'any' : 'auto' }
}
