import type { ChatRequest, FunctionTool } from '../../exchange/chat.ts'
import type { Block } from '../../exchange/content.ts'
import { isObject, readArray, readObject, type Json, type JsonObject } from '../../kit/json.ts'
import { freshToolResults, lastUserText } from '../conversation.ts'
import { toJsonInstance } from '../json-instance.ts'
import type { Script, ScriptRequest, SimulatedModel } from '../simulated-model.ts'

/** A tool that runs commands, and the property of its arguments that takes one. */
interface Shell {
  readonly tool: FunctionTool
  readonly property: string
  /** True where it takes the words of a command instead of a line. */
  readonly takesWords: boolean
}

/** What coding agents call the argument with the command. */
const COMMAND_PROPERTIES = ['command', 'cmd', 'script'] as const

/**
 * Runs what stands between backticks in the task, one command a turn, with whichever of the given tools runs commands: enough to see a
 * coding agent work offline, several turns long.
 */
export const agent: SimulatedModel = {
  name: 'agent',
  summary: 'Runs the commands that stand between backticks in the task, with the tool that runs commands.',
  options: {},
  answer: (request) => {
    const { chat } = request
    const command = commandsOf(chat)[callsSinceTask(chat)]
    if (command === undefined) return say(summaryOf(chat))
    const shell = findShell(chat)
    return shell === undefined
      ? say('There is no tool here that runs commands.')
      : { blocks: [callOf(shell, command, request)], finish: { reason: 'tool-calls' } }
  },
}

function say(text: string): Script {
  return { blocks: [{ type: 'text', text }], finish: { reason: 'stop' } }
}

function commandsOf(chat: ChatRequest): readonly string[] {
  return [...lastUserText(chat).matchAll(/`([^`\n]+)`/g)].map(([, command = '']) => command)
}

/** How many calls were made since the user last said something. */
function callsSinceTask({ turns }: ChatRequest): number {
  const task = turns.findLastIndex(({ role, blocks }) => role === 'user' && blocks.some(isWords))
  return turns.slice(task + 1).flatMap(({ blocks }) => blocks.filter(({ type }) => type === 'tool-call'))
    .length
}

const isWords = (block: Block): boolean => block.type === 'text' && block.text !== ''

function summaryOf(chat: ChatRequest): string {
  const results = freshToolResults(chat).map(({ text }) => text.trim())
  return ['Done.', ...results].join(' ')
}

function findShell({ tools = [], toolChoice }: ChatRequest): Shell | undefined {
  if (toolChoice?.type === 'none') return undefined
  return tools.flatMap((tool) => (tool.type === 'function' ? (toShell(tool) ?? []) : []))[0]
}

function toShell(tool: FunctionTool): Shell | undefined {
  const properties = propertiesOf(tool)
  const property = COMMAND_PROPERTIES.find((name) => isObject(properties[name]))
  if (property === undefined) return undefined
  const { type } = readObject(properties, property) ?? {}
  return { tool, property, takesWords: type === 'array' }
}

const propertiesOf = ({ parameters = {} }: FunctionTool): JsonObject =>
  readObject(parameters, 'properties') ?? {}

/** Only what must be there is filled in: what else a tool takes (a time limit, a directory) has a default that works. */
function callOf({ tool, property, takesWords }: Shell, command: string, request: ScriptRequest): Block {
  const required = readArray(tool.parameters ?? {}, 'required').filter((name) => typeof name === 'string')
  const needed = Object.entries(propertiesOf(tool)).filter(([name]) => required.includes(name))
  const schema: JsonObject = { ...tool.parameters, properties: Object.fromEntries(needed) }
  const others = toJsonInstance(schema, request.random)
  const given: Json = takesWords ? ['bash', '-lc', command] : command
  return {
    type: 'tool-call',
    id: request.callId(),
    name: tool.name,
    arguments: JSON.stringify({ ...(isObject(others) ? others : {}), [property]: given }),
    form: 'json',
  }
}
