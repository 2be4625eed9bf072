import type { JsonBody } from '../../exchange/wire-body.ts'
import { pickHeaders } from '../../kit/header-rules.ts'
import { refuseBound } from '../bound-content.ts'
import { holdsForeignSignature } from '../carried-signature.ts'
import type { NativeContext, WireRequest } from '../dialect.ts'
import { fitsToolRules } from '../fits-tool-rules.ts'
import { beginPassing, clampedOutput, endPassing, saysField } from '../passing.ts'
import { refusePrefill } from '../prefill.ts'
import { encodeChat } from './encode-request.ts'
import { FAMILY, FORWARD_HEADERS, LIMIT_FIELD } from './vocabulary.ts'

/**
 * The request of the native lane: the client's own bytes, with the model's name at the provider, without what was said to the
 * gateway. A conversation that carries signatures of another family, or names that the provider refuses, is written anew.
 * Throws `Failure('unsupported-feature')` for what stands for content that the provider does not keep.
 */
export function passChat(raw: JsonBody, context: NativeContext<'chat'>): WireRequest {
  const { request, quirks, capabilities } = context
  refuseBound(request, FAMILY, quirks)
  refusePrefill(request, capabilities)
  if (holdsForeignSignature(request, FAMILY) || !fitsToolRules(request, quirks))
    return encodeChat(request, context)
  const passing = beginPassing(raw, request, context)
  const most = clampedOutput(passing)
  if (most !== undefined && saysField(passing, LIMIT_FIELD))
    passing.edits.push({ key: LIMIT_FIELD, value: String(most) })
  return { body: endPassing(passing), headers: pickHeaders(context.headers, FORWARD_HEADERS) }
}
