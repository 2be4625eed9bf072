import type { ChatRequest, FunctionTool, HostedTool, Tool, ToolChoice } from '../../exchange/chat.ts'
import { readObject, type JsonObject } from '../../kit/json.ts'
import { settleChoice, settleTools } from '../settle-tools.ts'
import { mayChooseTools } from '../tool-choice.ts'
import { lowerParameters, type LoweredSchema } from '../tool-parameters.ts'
import { withUnknown } from '../unknown-members.ts'
import { lowerOutputSchema } from './output-schema.ts'
import { CACHE_MARK, FAMILY, TOOL_SERVERS } from './vocabulary.ts'
import { toCacheControl, type ToMessages } from './to-messages.ts'

/**
 * Writes `tools`, their servers and `tool_choice`. Throws `unsupported-feature` for tools that another family's provider
 * would run: leaving one out would change what the model can do.
 */
export function writeTools(to: ToMessages): JsonObject {
  // None is left that takes free text: those are functions by now.
  const tools = settleTools(selectTools(to.chat), to, FAMILY).filter((tool) => tool.type !== 'text')
  // What joins in the middle of the conversation is defined there.
  const listed = tools.filter((tool) => !isServer(tool) && tool.joined !== true)
  const chooses = mayChooseTools(to.chat.toolChoice, listed.length, to.notice)
  return {
    tools: writeList(listed, to),
    tool_choice: chooses ? writeToolChoice(to) : undefined,
    [TOOL_SERVERS]: writeList(tools.filter(isServer), to),
  }
}

/** Servers of tools have a field of their own, beside the tools. */
function isServer(tool: Tool): boolean {
  return tool.type === 'hosted' && tool.name === TOOL_SERVERS
}

function writeList(
  tools: readonly (FunctionTool | HostedTool)[],
  to: ToMessages,
): readonly JsonObject[] | undefined {
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

function writeTool(tool: FunctionTool | HostedTool, to: ToMessages): JsonObject {
  return tool.type === 'hosted' ? tool.raw : writeFunction(tool, to)
}

function writeFunction(tool: FunctionTool, to: ToMessages): JsonObject {
  const { cache, extra } = tool
  const { quirks, notice } = to
  const strict = tool.strict === true && quirks.strictTools !== false
  if (tool.strict === true && !strict) notice('param.dropped', 'strict')
  const lowered = lowerFunction(tool, strict)
  if (lowered.changed) notice('schema.lowered', tool.name)
  const own = extra?.[FAMILY]
  const isMarked = cache !== undefined && own?.[CACHE_MARK] === undefined
  const written = {
    name: tool.name,
    description: tool.description,
    input_schema: lowered.schema,
    strict: strict || undefined,
    [CACHE_MARK]: isMarked ? toCacheControl(cache, notice) : undefined,
  }
  return withUnknown(written, own)
}

function lowerFunction(tool: FunctionTool, strict: boolean): LoweredSchema {
  const rooted = lowerParameters(tool.parameters)
  if (!strict) return rooted
  const closed = lowerOutputSchema(rooted.schema)
  return { schema: closed.schema, changed: rooted.changed || closed.changed }
}

/** A choice, with what the family said beside it. Thinking excludes being forced to call a tool. */
function writeToolChoice(to: ToMessages): JsonObject | undefined {
  const choice = choiceOf(to)
  if (to.chat.parallelToolCalls !== false || choice?.['type'] === 'none') return choice
  return { ...(choice ?? AUTO), disable_parallel_tool_use: true }
}

function choiceOf(to: ToMessages): JsonObject | undefined {
  const { chat, plan, notice } = to
  if (chat.toolChoice === undefined) return undefined
  const wanted = toWireChoice(settleChoice(chat.toolChoice, to), to)
  if (!plan.active || (wanted['type'] !== 'any' && wanted['type'] !== 'tool'))
    return withUnknown(wanted, readObject(chat.extra?.[FAMILY] ?? {}, 'tool_choice'))
  notice('tool-choice.weakened', 'tool_choice')
  return AUTO
}

const AUTO: JsonObject = { type: 'auto' }

function toWireChoice(choice: ToolChoice, { notice }: ToMessages): JsonObject {
  switch (choice.type) {
    case 'auto':
    case 'none':
      return { type: choice.type }
    case 'required':
      return { type: 'any' }
    case 'tool':
      return { type: 'tool', name: choice.name }
    case 'allowed': {
      const [name] = choice.names
      if (isSingle(choice) && name !== undefined) return { type: 'tool', name }
      notice('tool-choice.weakened', 'tool_choice')
      return { type: choice.mode === 'required' ? 'any' : 'auto' }
    }
  }
}
