import type { ChatRequest, TextTool } from '../../exchange/chat.ts'
import type { Capabilities, Quirks } from '../../exchange/target.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import type { RequestContext } from '../dialect.ts'
import type { Json } from '../../kit/json.ts'
import { createIdMapper } from '../tool-call-id.ts'
import { CALL_ID_CHARACTERS } from './schema.ts'

/** The request under construction, field by field; what is undefined is not said. */
export type RequestFields = Record<string, Json | undefined>

/** What the parts of the request encoder share. */
export interface Encoding {
  readonly quirks: Quirks
  readonly capabilities: Capabilities
  readonly notice: NoticeSink
  /** The id of a tool call as the target takes it. */
  readonly callId: (id: string) => string
  /** Names of the tools with free-text input that must be told as functions. */
  readonly emulated: ReadonlySet<string>
}

/** Prepares what depends on the target alone, once per request. */
export function createEncoding(request: ChatRequest, context: RequestContext): Encoding {
  const { quirks, capabilities, notice } = context
  return {
    quirks,
    capabilities,
    notice,
    callId: quirks.toolCallId === undefined ? plainCallId : createIdMapper(quirks.toolCallId),
    emulated: emulatedTools(request, quirks),
  }
}

/** The id as a target without a rule of its own takes it. */
const plainCallId = createIdMapper({ pattern: 'any', length: CALL_ID_CHARACTERS })

const NONE: ReadonlySet<string> = new Set()

/** Names of the request's free-text tools when the target knows only functions. */
export function emulatedTools(request: ChatRequest, quirks: Quirks): ReadonlySet<string> {
  if (quirks.textTools !== false) return NONE
  const names = (request.tools ?? [])
    .filter((tool): tool is TextTool => tool.type === 'text')
    .map((tool) => tool.name)
  return new Set(names)
}
