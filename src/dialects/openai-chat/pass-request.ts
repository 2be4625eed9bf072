import type { JsonBody } from '../../exchange/wire-body.ts'
import { pickHeaders } from '../../kit/header-rules.ts'
import { isObject, type JsonObject } from '../../kit/json.ts'
import { refuseBound } from '../bound-content.ts'
import { holdsForeignSignature } from '../carried-signature.ts'
import type { NativeContext, WireRequest } from '../dialect.ts'
import { fitsToolRules } from '../fits-tool-rules.ts'
import {
  beginPassing,
  clampedOutput,
  endPassing,
  fieldText,
  fieldValue,
  leaveOut,
  leaveOutSampling,
  saysField,
  type Passing,
} from '../passing.ts'
import { refusePrefill } from '../prefill.ts'
import { toWireUser } from '../user-id.ts'
import { encodeRequest } from './encode-request.ts'
import { PARAMETERS } from './parameters.ts'
import { FAMILY, FORWARD_HEADERS, LIMIT_FIELDS } from './vocabulary.ts'

/**
 * The request of the native lane: the client's own bytes, with the model's name at the provider, with usage switched on
 * for the ledger, without what was said to the gateway, and without what is known to be refused. The same bytes when none of that
 * changes anything. A conversation that carries signatures of another family, or names that the provider refuses, is written anew.
 * Throws `Failure('unsupported-feature')` for what stands for content that the provider does not keep, and for what the model is
 * known not to do.
 */
export function passRequest(raw: JsonBody, context: NativeContext<'chat'>): WireRequest {
  const { request, quirks, capabilities } = context
  refuseBound(request, FAMILY, quirks)
  refusePrefill(request, capabilities)
  if (holdsForeignSignature(request, FAMILY) || !fitsToolRules(request, quirks))
    return encodeRequest(request, context)
  const passing = beginPassing(raw, request, context)
  passLimit(passing)
  leaveOutSampling(passing, PARAMETERS.sampling)
  passUser(passing)
  passStreamOptions(passing)
  return { body: endPassing(passing), headers: pickHeaders(context.headers, FORWARD_HEADERS) }
}

/** Tells the output limit by the name that the provider is known to take, and no more than the model gives. */
function passLimit(passing: Passing): void {
  const { chat, context, edits } = passing
  const name = context.quirks.maxTokensParam
  const most = clampedOutput(passing)
  if (chat.maxOutputTokens === undefined || (name === undefined && most === undefined)) return
  let first: string | undefined
  let kept = name
  for (const field of LIMIT_FIELDS) {
    if (!saysField(passing, field)) continue
    first ??= field
    kept ??= field
    if (field !== kept) edits.push({ key: field, value: undefined })
  }
  if (first === undefined || kept === undefined) return
  if (most !== undefined) edits.push({ key: kept, value: String(most) })
  else if (kept !== first) edits.push({ key: kept, value: fieldText(passing, first) })
}

function passUser({ chat, context, edits }: Passing): void {
  const most = context.quirks.maxUserCharacters
  if (chat.user === undefined || most === undefined || chat.user.length <= most) return
  edits.push({ key: 'user', value: JSON.stringify(toWireUser(chat.user, most, context.notice)) })
}

function passStreamOptions(passing: Passing): void {
  const { chat, context, edits } = passing
  if (context.quirks.streamOptions === false) leaveOut(passing, 'stream_options')
  else if (chat.stream && !chat.wantsUsage) {
    const options = fieldValue(passing, 'stream_options')
    const wanted: JsonObject = { ...(isObject(options) ? options : {}), include_usage: true }
    edits.push({ key: 'stream_options', value: JSON.stringify(wanted) })
  }
}
