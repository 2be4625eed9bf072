import { SSE_FRAMING } from '../../kit/framing.ts'
import type { Codec, Dialect } from '../dialect.ts'
import { jsonIn } from '../json-body.ts'
import { countTokens } from './count-tokens.ts'
import { decodeRequest } from './decode-request.ts'
import { decodeResponse, tapResponse } from './decode-response.ts'
import { embed } from './embed.ts'
import { encodeResponse, frameStyle } from './encode-response.ts'
import { FAILURES } from './failure.ts'
import { pathOfModel } from './path-of-model.ts'
import { QUIRKS } from './quirks.ts'
import { REQUESTS } from './requests.ts'
import { FAMILY, FORWARD_HEADERS } from './vocabulary.ts'

const CHAT: Codec<'chat'> = {
  endpoints: [
    'POST /v1beta/models/{+model}:generateContent',
    'POST /v1beta/models/{+model}:streamGenerateContent',
  ],
  // Every server of this API sends events where it is asked to, so that no provider's stream is an array.
  providerEndpoint: ({ model, stream }) => ({
    method: 'POST',
    path: pathOfModel(model) + (stream ? ':streamGenerateContent?alt=sse' : ':generateContent'),
  }),
  decodeRequest: (body, head) => decodeRequest(jsonIn(body), head),
  encodeRequest: (request, context) => REQUESTS.encode(request, context),
  passRequest: (raw, context) => REQUESTS.pass(raw, context),
  decodeResponse,
  tapResponse,
  encodeResponse,
  streamType: (request) => frameStyle(request).contentType,
}

/** The Gemini API of Google (https://ai.google.dev/api/generate-content) with `countTokens` and embeddings, spoken both ways. */
export const gemini: Dialect = {
  name: 'gemini',
  family: FAMILY,
  codecs: { chat: CHAT, 'count-tokens': countTokens, embed },
  quirks: QUIRKS,
  framing: SSE_FRAMING,
  authentication: { header: 'x-goog-api-key', prefix: '' },
  keyParameter: 'key',
  forwardHeaders: FORWARD_HEADERS,
  decodeFailure: (response) => FAILURES.decode(response),
  encodeFailure: (failure, context) => FAILURES.encode(failure, context),
}
