import type { ChatRequest } from '../../exchange/chat.ts'
import type { Signature, ToolCallBlock } from '../../exchange/content.ts'
import type { Json } from '../../kit/json.ts'
import { callInput, inputAsSaid } from '../call-input.ts'
import type { EncodeContext, RequestContext } from '../dialect.ts'
import { toWireToolName } from '../tool-name.ts'
import { towards, type Towards } from '../towards.ts'
import { carrySignature } from './signature.ts'
import { FAMILY, TOOL_RULES } from './vocabulary.ts'

/** What is written in this dialect on its way to a provider or to a client: parts are the same for both. */
export interface ToGemini extends Towards {
  /** The name of the function of each call, which its result has to repeat. */
  readonly calls: ReadonlyMap<string, string>
  readonly toolName: (name: string) => string
  /** The proof as it is told; undefined for one that must not get there. */
  readonly proof: (signature: Signature) => string | undefined
  readonly args: (call: ToolCallBlock) => Json
}

/** A request and the provider that is told of it. */
export function toProvider(chat: ChatRequest, context: RequestContext): ToGemini {
  const to = towards(chat, context, TOOL_RULES)
  return {
    ...to,
    calls: namesOfCalls(chat),
    toolName: (name) => toWireToolName(name, to.wire),
    proof: ({ family, value }) => (family === FAMILY ? value : undefined),
    args: (call) => inputAsSaid(call, 'contents'),
  }
}

/** An answer and the client that is told of it: under its own names, with all proofs. */
export function toClient({ request, notice }: EncodeContext<'chat'>): ToGemini {
  return {
    chat: request,
    capabilities: {},
    quirks: {},
    notice,
    ...TOOL_RULES,
    callId: (id) => id,
    calls: NO_CALLS,
    toolName: (name) => name,
    proof: carrySignature,
    args: (call) => callInput(call, notice),
  }
}

const NO_CALLS: ReadonlyMap<string, string> = new Map()

function namesOfCalls({ turns }: ChatRequest): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const { blocks } of turns)
    for (const block of blocks) if (block.type === 'tool-call') names.set(block.id, block.name)
  return names
}
