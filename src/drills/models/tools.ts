import type { ChatRequest, Tool } from '../../exchange/chat.ts'
import type { ToolCallBlock } from '../../exchange/content.ts'
import { freshToolResults, lastUserText, mustCall } from '../conversation.ts'
import { toJsonInstance } from '../json-instance.ts'
import type { Script, ScriptRequest, SimulatedModel } from '../simulated-model.ts'

const MOST_CALLS = 3

type CallableTool = Exclude<Tool, { readonly type: 'hosted' }>

/** Calls the tools that it was given, then reports what they gave back. */
export const tools: SimulatedModel = {
  name: 'tools',
  summary:
    'Calls up to three of the given tools with arguments that fit; tells the results when it gets them.',
  options: {},
  answer: (request) => {
    const results = freshToolResults(request.chat)
    if (results.length > 0 && !mustCall(request.chat)) {
      return say(`The tools answered. ${results.map(({ name, text }) => `${name}: ${text}`).join(' ')}`)
    }
    const called = toolsToCall(request.chat)
    if (called.length === 0) return say('There is no tool that I may call.')
    return { blocks: called.map((tool) => callOf(tool, request)), finish: { reason: 'tool-calls' } }
  },
}

function say(text: string): Script {
  return { blocks: [{ type: 'text', text }], finish: { reason: 'stop' } }
}

function toolsToCall({
  tools: given = [],
  toolChoice,
  parallelToolCalls,
}: ChatRequest): readonly CallableTool[] {
  const callable = given.filter((tool) => tool.type !== 'hosted')
  switch (toolChoice?.type) {
    case 'none':
      return []
    case 'tool':
      return callable.filter((tool) => tool.name === toolChoice.name).slice(0, 1)
    case 'allowed':
      return callable
        .filter((tool) => toolChoice.names.includes(tool.name))
        .slice(0, callLimit(parallelToolCalls))
    case 'auto':
    case 'required':
    case undefined:
      return callable.slice(0, callLimit(parallelToolCalls))
  }
}

function callLimit(parallel: boolean | undefined): number {
  return parallel === false ? 1 : MOST_CALLS
}

function callOf(tool: CallableTool, request: ScriptRequest): ToolCallBlock {
  const id = request.callId()
  if (tool.type === 'text') {
    return { type: 'tool-call', id, name: tool.name, arguments: lastUserText(request.chat), form: 'text' }
  }
  const instance = toJsonInstance({ type: 'object', ...tool.parameters }, request.random)
  return { type: 'tool-call', id, name: tool.name, arguments: JSON.stringify(instance), form: 'json' }
}
