import { SSE_FRAMING } from '../../kit/framing.ts'
import type { Codec, Dialect } from '../dialect.ts'
import { jsonIn, jsonPassed } from '../json-body.ts'
import { SHARED_QUIRKS } from '../quirks.ts'
import { OPTIONS_FIELD } from '../options-field.ts'
import { countTokens } from './count-tokens.ts'
import { decodeChat } from './decode-request.ts'
import { ResponsesReader } from './decode-response.ts'
import { encodeChat } from './encode-request.ts'
import { ResponsesEncoder } from './encode-response.ts'
import { FAILURES } from './failure.ts'
import { passChat } from './pass-request.ts'
import { FAMILY, FORWARD_HEADERS } from './vocabulary.ts'

const CHAT: Codec<'chat'> = {
  endpoints: ['POST /v1/responses'],
  providerEndpoint: () => ({ method: 'POST', path: '/responses' }),
  decodeRequest(body) {
    const json = jsonIn(body)
    const request = decodeChat(json)
    const requestOptions = json[OPTIONS_FIELD]
    return requestOptions === undefined ? { request } : { request, requestOptions }
  },
  encodeRequest: encodeChat,
  passRequest: (raw, context) => passChat(jsonPassed(raw), context),
  decodeResponse: (context) => new ResponsesReader(context),
  encodeResponse: (context) => new ResponsesEncoder(context),
}

/** The Responses API of OpenAI, stateless: the whole conversation travels with every request. */
export const openaiResponses: Dialect = {
  name: 'openai-responses',
  family: FAMILY,
  quirks: SHARED_QUIRKS,
  codecs: { chat: CHAT, 'count-tokens': countTokens },
  framing: SSE_FRAMING,
  authentication: { header: 'authorization', prefix: 'Bearer ' },
  forwardHeaders: FORWARD_HEADERS,
  decodeFailure: (response) => FAILURES.decode(response),
  encodeFailure: (failure, context) => FAILURES.encode(failure, context),
}
