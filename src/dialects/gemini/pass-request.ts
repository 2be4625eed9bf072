import type { ChatRequest } from '../../exchange/chat.ts'
import type { JsonBody } from '../../exchange/wire-body.ts'
import { pickHeaders } from '../../kit/header-rules.ts'
import { refuseBound } from '../bound-content.ts'
import { holdsForeignSignature } from '../carried-signature.ts'
import type { NativeContext, WireRequest } from '../dialect.ts'
import { fitsToolRules } from '../fits-tool-rules.ts'
import { spliceJson } from '../../kit/json-splice.ts'
import { refusePrefill } from '../prefill.ts'
import { OPTIONS_FIELD } from '../options-field.ts'
import { encodeCountRequest, encodeRequest } from './encode-request.ts'
import { FAMILY, FORWARD_HEADERS } from './vocabulary.ts'

/**
 * Passes on a client's own bytes, without what was said to the gateway: the model stands in the path. A conversation that carries
 * other makers' proofs, or asks for more output than the model gives, is written anew.
 * Throws `Failure('unsupported-feature')` for what stands for content that the provider does not keep, and for what the model is
 * known not to do.
 */
export function passRequest(raw: JsonBody, context: NativeContext<'chat'>): WireRequest {
  const { request, quirks, capabilities } = context
  refuseBound(request, FAMILY, quirks)
  refusePrefill(request, capabilities)
  const { maxOutputTokens: most = Number.POSITIVE_INFINITY, sampling } = capabilities
  const isClamped = (request.maxOutputTokens ?? 0) > most || (sampling !== undefined && sampling !== true)
  return isClamped || mustBeWritten(request, context) ? encodeRequest(request, context) : pass(raw, context)
}

/** As `passRequest`, for counting, which names the model in its body where it holds a whole request. */
export function passCountRequest(raw: JsonBody, context: NativeContext<'count-tokens'>): WireRequest {
  const { request, quirks } = context
  refuseBound(request.chat, FAMILY, quirks)
  const holdsRequest = raw.scan.find('generateContentRequest') ?? raw.scan.find('generate_content_request')
  if (holdsRequest !== undefined || mustBeWritten(request.chat, context))
    return encodeCountRequest(request, context)
  return pass(raw, context)
}

function mustBeWritten(chat: ChatRequest, { quirks }: NativeContext): boolean {
  return holdsForeignSignature(chat, FAMILY) || !fitsToolRules(chat, quirks)
}

function pass({ bytes, scan }: JsonBody, { headers }: NativeContext): WireRequest {
  const asksUs = scan.find(OPTIONS_FIELD) !== undefined
  return {
    body: asksUs ? spliceJson(bytes, [{ key: OPTIONS_FIELD, value: undefined }], scan) : bytes,
    headers: pickHeaders(headers, FORWARD_HEADERS),
  }
}
