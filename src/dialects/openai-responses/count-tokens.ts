import type { EventSink } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import type { CountTokensRequest } from '../../exchange/operations/count-tokens.ts'
import type { ContentOf } from '../../exchange/operations/all.ts'
import type { JsonBody } from '../../exchange/wire-body.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import { pickHeaders } from '../../kit/header-rules.ts'
import { readNumber, type JsonObject } from '../../kit/json.ts'
import { refuseBound } from '../bound-content.ts'
import { holdsForeignSignature } from '../carried-signature.ts'
import type { Codec, DecodedRequest, NativeContext, WireRequest } from '../dialect.ts'
import { fitsToolRules } from '../fits-tool-rules.ts'
import { jsonIn, jsonPassed } from '../json-body.ts'
import { addressEdits, endPassing } from '../passing.ts'
import { isErrorBody } from '../read-provider-error.ts'
import { createWholeDecoder, createWholeEncoder } from '../whole-answer.ts'
import { OPTIONS_FIELD } from '../options-field.ts'
import { decodeChat } from './decode-request.ts'
import { encodeCount } from './encode-request.ts'
import { FAILURES } from './failure.ts'
import { FAMILY, FORWARD_HEADERS } from './vocabulary.ts'

/** Counting the tokens of a request (https://platform.openai.com/docs/api-reference/responses/input-tokens). */
export const countTokens: Codec<'count-tokens'> = {
  endpoints: ['POST /v1/responses/input_tokens'],
  providerEndpoint: () => ({ method: 'POST', path: '/responses/input_tokens' }),
  decodeRequest: (body) => decodeCount(jsonIn(body)),
  encodeRequest: encodeCount,
  passRequest: (raw, context) => passCount(jsonPassed(raw), context),
  decodeResponse: () => createWholeDecoder(readCount),
  encodeResponse: (context) =>
    createWholeEncoder(
      ({ inputTokens }) => ({ object: 'response.input_tokens', input_tokens: inputTokens }),
      context,
    ),
}

function decodeCount(body: JsonObject): DecodedRequest<'count-tokens'> {
  const chat = { ...decodeChat(body), stream: false }
  const request: Mutable<CountTokensRequest> = {
    operation: 'count-tokens',
    model: chat.model,
    chat,
    stream: false,
  }
  setDefined(request, 'bearing', chat.bearing)
  setDefined(request, 'extra', chat.extra)
  const requestOptions = body[OPTIONS_FIELD]
  return requestOptions === undefined ? { request } : { request, requestOptions }
}

/** The client's own bytes, unless they hold what the provider refuses. Throws `Failure('unsupported-feature')`. */
function passCount(raw: JsonBody, context: NativeContext<'count-tokens'>): WireRequest {
  const { request, quirks, headers } = context
  const { chat } = request
  refuseBound(chat, FAMILY, quirks)
  if (holdsForeignSignature(chat, FAMILY) || !fitsToolRules(chat, quirks))
    return encodeCount(request, context)
  const body = endPassing({ raw, edits: addressEdits(raw, context) })
  return { body, headers: pickHeaders(headers, FORWARD_HEADERS) }
}

function readCount(body: JsonObject, sink: EventSink<ContentOf<'count-tokens'>>): Failure | undefined {
  if (isErrorBody(body, ['input_tokens'])) return FAILURES.decodeInside(body)
  const inputTokens = readNumber(body, 'input_tokens')
  if (inputTokens === undefined) return new Failure('malformed-response')
  sink({ type: 'start' })
  sink({ type: 'token-count', inputTokens, estimated: false })
  return undefined
}
