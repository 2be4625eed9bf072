import { chatOf } from '../../exchange/operation.ts'
import { pickHeaders } from '../../kit/header-rules.ts'
import { isObject, parseJson, type Json, type JsonObject } from '../../kit/json.ts'
import type { JsonScan } from '../../kit/json-scan.ts'
import { spliceJson, type JsonEdit } from '../../kit/json-splice.ts'
import { refuseBound } from '../bound-content.ts'
import { holdsForeignSeal } from '../carried-seal.ts'
import type { NativeContext, NativeRequest } from '../dialect.ts'
import { WISHES_FIELD } from '../wishes-field.ts'
import { encodeRequest } from './encode-request.ts'
import { FAMILY, FORWARD_HEADERS } from './schema.ts'

/**
 * The request of the native lane: the client's own bytes, with the model's name at the provider, with usage switched on
 * for the ledger, and without what was said to the gateway. The same bytes when none of that changes anything.
 * A conversation that carries seals of another family is written anew without them.
 * Throws `Failure('unsupported-feature')` for what stands for content that the provider does not keep.
 */
export function passRequest(body: Uint8Array, context: NativeContext): NativeRequest {
  const { request, model, quirks, scan } = context
  refuseBound(chatOf(request), FAMILY, quirks)
  if (holdsForeignSeal(request, FAMILY)) {
    const written = encodeRequest(request, context)
    return { body: new TextEncoder().encode(written.body), headers: written.headers }
  }
  const edits: JsonEdit[] = []
  if (request.model !== model) edits.push({ key: 'model', value: JSON.stringify(model) })
  if (scan.find(WISHES_FIELD) !== undefined) edits.push({ key: WISHES_FIELD, value: undefined })
  if (quirks.streamOptions === false) leaveOutOptions(edits, context)
  else if (request.stream && !chatOf(request).wantsUsage) {
    const options = valueAt(body, scan, 'stream_options')
    const wanted: JsonObject = { ...(isObject(options) ? options : {}), include_usage: true }
    edits.push({ key: 'stream_options', value: JSON.stringify(wanted) })
  }
  return {
    body: edits.length === 0 ? body : spliceJson(body, edits, scan),
    headers: pickHeaders(context.headers, FORWARD_HEADERS),
  }
}

function leaveOutOptions(edits: JsonEdit[], { scan, notice }: NativeContext): void {
  if (scan.find('stream_options') === undefined) return
  notice('param.dropped', 'stream_options')
  edits.push({ key: 'stream_options', value: undefined })
}

function valueAt(body: Uint8Array, scan: JsonScan, key: string): Json | undefined {
  const member = scan.find(key)
  if (member === undefined) return undefined
  return parseJson(new TextDecoder().decode(body.subarray(member.valueStart, member.valueEnd)))
}
