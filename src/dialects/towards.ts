import type { ChatRequest } from '../exchange/chat.ts'
import type { NoticeSink } from '../exchange/notice.ts'
import type { Capabilities, Quirks } from '../exchange/target.ts'
import type { RequestContext } from './dialect.ts'
import { createIdMapper, type ToolCallIdRule } from './tool-call-id.ts'
import type { ToolWire } from './tool-name.ts'

/** A request on its way to one target: what is asked, and what the writers of its parts have to know of who is told. */
export interface Towards {
  readonly chat: ChatRequest
  readonly capabilities: Capabilities
  readonly quirks: Quirks
  /** Takes a notice for every lossy step. */
  readonly notice: NoticeSink
  /** The id of a tool call as the target takes it, the same for a call and its result. */
  readonly callId: (id: string) => string
  readonly wire: ToolWire
}

/** How a dialect names tools and their calls, where a provider has no rules of its own. */
export interface ToolRules {
  readonly callId: (id: string) => string
  readonly wire: ToolWire
}

/** The rules of a dialect: those of its reference, made once. */
export function toolRules(ids: ToolCallIdRule, wire: ToolWire): ToolRules {
  return { callId: createIdMapper(ids), wire }
}

/** A request and who is told of it. */
export function towards(chat: ChatRequest, context: RequestContext, rules: ToolRules): Towards {
  const { capabilities, quirks, notice } = context
  const { toolCallId } = quirks
  return {
    chat,
    capabilities,
    quirks,
    notice,
    callId: toolCallId === undefined ? rules.callId : createIdMapper(toolCallId),
    wire: toolWireOf(quirks, rules),
  }
}

/** What a provider makes of tools. */
export function toolWireOf({ textTools, maxToolNameCharacters }: Quirks, { wire }: ToolRules): ToolWire {
  if (textTools === undefined && maxToolNameCharacters === undefined) return wire
  return {
    mostCharacters: maxToolNameCharacters ?? wire.mostCharacters,
    emulatesText: wire.emulatesText || textTools === false,
  }
}
