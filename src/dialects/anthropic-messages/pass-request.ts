import { chatOf } from '../../exchange/operation.ts'
import { isArray, isObject, parseJson, readString, type Json } from '../../kit/json.ts'
import { spliceJson, type JsonEdit } from '../../kit/json-splice.ts'
import { refuseBound } from '../bound-content.ts'
import { holdsAttribution, withoutAttribution } from '../client-attribution.ts'
import { holdsForeignSeal } from '../carried-seal.ts'
import type { NativeContext, NativeRequest } from '../dialect.ts'
import { WISHES_FIELD } from '../wishes-field.ts'
import { encodeRequest, protocolHeaders } from './encode-request.ts'
import { FAMILY } from './schema.ts'

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/**
 * Passes on a client's own bytes: the model is replaced where the provider calls it something else, the field `gatehouse` is
 * taken out, and what the provider's row excludes. Everything else stays byte for byte, because thinking is bound to it.
 * Only a conversation that holds another maker's thinking is written anew where that would be refused, and one that carries
 * another family's proofs everywhere. Throws `Failure('unsupported-feature')` for what stands for content that the provider does
 * not keep.
 */
export function passRequest(body: Uint8Array, context: NativeContext): NativeRequest {
  refuseBound(chatOf(context.request), FAMILY, context.quirks)
  if (holdsRefusedThinking(context) || holdsForeignSeal(context.request, FAMILY)) {
    const written = encodeRequest(context.request, context)
    return { body: encoder.encode(written.body), headers: written.headers }
  }
  const { request, model, scan, quirks } = context
  const edits: JsonEdit[] = []
  if (request.model !== model) edits.push({ key: 'model', value: JSON.stringify(model) })
  if (scan.find(WISHES_FIELD) !== undefined) edits.push({ key: WISHES_FIELD, value: undefined })
  if (leadHoldsAttribution(context)) editAttribution(edits, body, context)
  for (const name of quirks.dropParams ?? NONE) {
    if (scan.find(name) === undefined) continue
    context.notice('param.dropped', name)
    edits.push({ key: name, value: undefined })
  }
  return {
    body: edits.length === 0 ? body : spliceJson(body, edits, scan),
    headers: protocolHeaders(context.headers),
  }
}

const NONE: readonly string[] = []

/** A turn that another family answered shows its thinking without a signature, and the client sends it back so. */
function holdsRefusedThinking({ request, quirks }: NativeContext): boolean {
  if (quirks.unsealedReasoning !== false) return false
  return chatOf(request).turns.some(({ blocks }) =>
    blocks.some((block) => block.type === 'reasoning' && block.seal === undefined),
  )
}

/** Does `system` hold a client's attribution line that the provider must not see? */
function leadHoldsAttribution({ quirks, request }: NativeContext): boolean {
  const lead = chatOf(request).turns[0]
  return lead?.role === 'system' && holdsAttribution(lead.blocks, quirks)
}

/**
 * Takes a client's attribution line out of `system`, except for the vendor that reads it: it changes with every request,
 * and no prompt cache would ever hit.
 */
function editAttribution(edits: JsonEdit[], body: Uint8Array, context: NativeContext): void {
  const member = context.scan.find('system')
  if (member === undefined) return
  const system = parseJson(decoder.decode(body.subarray(member.valueStart, member.valueEnd)))
  const kept = withoutAttribution(isArray(system) ? system : [{ type: 'text', text: system }], context)
  const value = isArray(system) ? kept : kept.map(textIn).join('')
  edits.push({ key: 'system', value: kept.length === 0 ? undefined : JSON.stringify(value) })
}

function textIn(segment: Json): string {
  return isObject(segment) ? (readString(segment, 'text') ?? '') : ''
}
