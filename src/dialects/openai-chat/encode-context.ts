import type { Capabilities, Quirks } from '../../exchange/target.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import type { RequestContext } from '../dialect.ts'
import type { Json } from '../../kit/json.ts'
import { createIdMapper } from '../tool-call-id.ts'
import type { ToolWire } from '../tool-name.ts'
import { CALL_ID_CHARACTERS, TOOL_NAME_CHARACTERS } from './schema.ts'

/** The request under construction, field by field; what is undefined is not said. */
export type RequestFields = Record<string, Json | undefined>

/** What the parts of the request encoder share. */
export interface Encoding {
  readonly quirks: Quirks
  readonly capabilities: Capabilities
  readonly notice: NoticeSink
  /** The id of a tool call as the target takes it. */
  readonly callId: (id: string) => string
  readonly wire: ToolWire
}

/** Prepares what depends on the target alone, once per request. */
export function createEncoding(context: RequestContext): Encoding {
  const { quirks, capabilities, notice } = context
  return {
    quirks,
    capabilities,
    notice,
    callId: quirks.toolCallId === undefined ? plainCallId : createIdMapper(quirks.toolCallId),
    wire: toolWireOf(quirks),
  }
}

/** The id as a target without a rule of its own takes it. */
const plainCallId = createIdMapper({ pattern: 'any', length: CALL_ID_CHARACTERS })

/** What a provider makes of tools. */
export function toolWireOf({ textTools, maxToolNameCharacters = TOOL_NAME_CHARACTERS }: Quirks): ToolWire {
  if (maxToolNameCharacters !== TOOL_NAME_CHARACTERS) {
    return { mostCharacters: maxToolNameCharacters, emulatesText: textTools === false }
  }
  return textTools === false ? EMULATING : KNOWING
}

const KNOWING: ToolWire = { mostCharacters: TOOL_NAME_CHARACTERS, emulatesText: false }
const EMULATING: ToolWire = { mostCharacters: TOOL_NAME_CHARACTERS, emulatesText: true }
