import type { FunctionTool, TextTool, Tool, ToolChoice } from '../exchange/chat.ts'
import type { Family } from '../exchange/content.ts'
import { Failure } from '../exchange/failure.ts'
import { readObject, readString, type JsonObject } from '../kit/json.ts'
import { toWireToolName } from './tool-name.ts'
import type { Towards } from './towards.ts'

/**
 * Tools as a target takes them: under names that are legal there, and functions in place of tools with free text where it has none.
 * Calls of both come back as the client knows them. Throws `Failure('unsupported-feature')` where the target takes no tools, and for
 * one that the provider does not run: leaving it out would change what the model can do. One that the client offers by habit
 * is left out with a notice all the same.
 *
 * @param family that of the target
 */
export function settleTools(tools: readonly Tool[], to: Towards, family: Family): readonly Tool[] {
  if (tools.length === 0) return tools
  if (to.quirks.tools === false || to.capabilities.tools === false) {
    throw new Failure('unsupported-feature', { param: 'tools', message: 'The chosen model takes no tools.' })
  }
  return tools.flatMap((tool, index) => {
    if (tool.type !== 'hosted') return settleTool(tool, to)
    if (tool.family === family && to.quirks.hostedTools?.includes(tool.name) !== false) return tool
    if (tool.optional === true) {
      to.notice('tool.dropped', tool.at ?? tool.name)
      return []
    }
    throw new Failure('unsupported-feature', {
      param: tool.at ?? `tools[${index}]`,
      message: `The chosen model cannot use the hosted tool "${tool.name}". Remove it or choose another model.`,
    })
  })
}

function settleTool(tool: FunctionTool | TextTool, to: Towards): Tool {
  const name = toWireToolName(tool.name, to.wire)
  if (name !== tool.name) to.notice('tool.renamed', tool.name)
  if (tool.type === 'text' && to.wire.emulatesText) {
    to.notice('tool.emulated', tool.name)
    return emulate({ ...tool, name })
  }
  return name === tool.name ? tool : { ...tool, name }
}

/** Arguments of the function that stands for a tool with free text. */
const TEXT_INPUT: JsonObject = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
}
const TEXT_INPUT_SENTENCE = 'Put the whole input, as free text, into the field "input".'

/** A function of one string that says the same. */
function emulate({ type: _type, format, description, ...rest }: TextTool): FunctionTool {
  const sentences = [description, TEXT_INPUT_SENTENCE, describeGrammar(format)]
  return {
    ...rest,
    type: 'function',
    description: sentences.filter((part) => part !== undefined && part !== '').join('\n\n'),
    parameters: TEXT_INPUT,
  }
}

/** The grammar of a tool with free text, for the model to read. */
function describeGrammar(format: JsonObject | undefined): string | undefined {
  if (format === undefined || readString(format, 'type') === 'text') return undefined
  const grammar = readObject(format, 'grammar') ?? format
  const definition = readString(grammar, 'definition') ?? JSON.stringify(grammar)
  const syntax = readString(grammar, 'syntax')
  return `The input must follow this grammar${syntax === undefined ? '' : ` (${syntax})`}:\n${definition}`
}

/** A choice among tools by the names that they have on the wire. */
export function settleChoice(choice: ToolChoice, { wire }: Towards): ToolChoice {
  if (choice.type === 'tool') return { type: 'tool', name: toWireToolName(choice.name, wire) }
  if (choice.type !== 'allowed') return choice
  return { ...choice, names: choice.names.map((name) => toWireToolName(name, wire)) }
}
