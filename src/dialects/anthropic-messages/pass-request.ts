import type { ChatRequest } from '../../exchange/chat.ts'
import type { JsonBody } from '../../exchange/wire-body.ts'
import type { Quirks } from '../../exchange/target.ts'
import { isArray, isObject, readString, type Json } from '../../kit/json.ts'
import { refuseBound } from '../bound-content.ts'
import { holdsForeign } from '../carried-signature.ts'
import { holdsAttribution, withoutAttribution } from '../client-attribution.ts'
import type { NativeContext, WireRequest } from '../dialect.ts'
import { fitsToolRules } from '../fits-tool-rules.ts'
import {
  beginPassing,
  clampedOutput,
  endPassing,
  fieldValue,
  leaveOutSampling,
  type Passing,
} from '../passing.ts'
import { refusePrefill } from '../prefill.ts'
import { toWireUser } from '../user-id.ts'
import { encodeCountRequest, encodeRequest, protocolHeaders } from './encode-request.ts'
import { PARAMETERS } from './parameters.ts'
import { FAMILY } from './vocabulary.ts'

/**
 * Passes on a client's own bytes: the model is replaced where the provider calls it something else, the field `gatehouse` is
 * taken out, and what the model excludes. Everything else stays byte for byte, because thinking is bound to
 * it. Only a conversation that holds another maker's thinking or names of tools and calls is written anew where those would be
 * refused, and one that carries another family's proofs everywhere.
 * Throws `Failure('unsupported-feature')` for what stands for content that the provider does not keep, and for what the model is
 * known not to do.
 */
export function passRequest(raw: JsonBody, context: NativeContext<'chat'>): WireRequest {
  const { request, quirks, capabilities } = context
  refuseBound(request, FAMILY, quirks)
  refusePrefill(request, capabilities)
  return mustBeWritten(request, context) ? encodeRequest(request, context) : pass(raw, request, context)
}

/** As `passRequest`, for counting, which asks for no answer. */
export function passCountRequest(raw: JsonBody, context: NativeContext<'count-tokens'>): WireRequest {
  const { request, quirks } = context
  refuseBound(request.chat, FAMILY, quirks)
  if (mustBeWritten(request.chat, context)) return encodeCountRequest(request, context)
  return pass(raw, request.chat, context)
}

function pass(raw: JsonBody, chat: ChatRequest, context: NativeContext): WireRequest {
  const passing = beginPassing(raw, chat, context)
  if (leadHoldsAttribution(chat, context)) editAttribution(passing)
  const most = clampedOutput(passing)
  if (most !== undefined) passing.edits.push({ key: 'max_tokens', value: String(most) })
  leaveOutSampling(passing, PARAMETERS.sampling)
  passUser(passing)
  return { body: endPassing(passing), headers: protocolHeaders(context.headers) }
}

function mustBeWritten(chat: ChatRequest, { quirks }: NativeContext): boolean {
  if (holdsRefusedThinking(chat, quirks) || holdsForeign(chat, FAMILY)) return true
  return !fitsToolRules(chat, quirks)
}

/** A turn that another family answered shows its thinking without a signature, and the client sends it back so. */
function holdsRefusedThinking({ turns }: ChatRequest, quirks: Quirks): boolean {
  if (quirks.unsealedReasoning !== false) return false
  return turns.some(({ blocks }) =>
    blocks.some((block) => block.type === 'reasoning' && block.signature === undefined),
  )
}

function passUser(passing: Passing): void {
  const { chat, context, edits } = passing
  const most = context.quirks.maxUserCharacters
  if (chat.user === undefined || most === undefined || chat.user.length <= most) return
  const metadata = fieldValue(passing, 'metadata')
  const user = toWireUser(chat.user, most, context.notice)
  edits.push({
    key: 'metadata',
    value: JSON.stringify({ ...(isObject(metadata) ? metadata : {}), user_id: user }),
  })
}

/** Does `system` hold a client's attribution line that the provider must not see? */
function leadHoldsAttribution({ turns }: ChatRequest, { quirks }: NativeContext): boolean {
  const [lead] = turns
  return lead?.role === 'system' && holdsAttribution(lead.blocks, quirks)
}

/**
 * Takes a client's attribution line out of `system`, except for the vendor that reads it: it changes with every request,
 * and no prompt cache would ever hit.
 */
function editAttribution(passing: Passing): void {
  const { context, edits } = passing
  const system = fieldValue(passing, 'system')
  if (system === undefined) return
  const kept = withoutAttribution(isArray(system) ? system : [{ type: 'text', text: system }], context)
  const value = isArray(system) ? kept : kept.map(textIn).join('')
  edits.push({ key: 'system', value: kept.length === 0 ? undefined : JSON.stringify(value) })
}

function textIn(segment: Json): string {
  return isObject(segment) ? (readString(segment, 'text') ?? '') : ''
}
