import { SSE_FRAMING } from '../../kit/framing.ts'
import type { Codec, Dialect } from '../dialect.ts'
import { jsonIn, jsonPassed } from '../json-body.ts'
import { markPrompt } from '../mark-prompt.ts'
import { countTokens } from './count-tokens.ts'
import { decodeRequest } from './decode-request.ts'
import { createResponseDecoder } from './decode-response.ts'
import { encodeRequest, protocolHeaders } from './encode-request.ts'
import { createResponseEncoder } from './encode-response.ts'
import { FAILURES } from './failure.ts'
import { passRequest } from './pass-request.ts'
import { QUIRKS } from './quirks.ts'
import { FAMILY, FIELDS, FORWARD_HEADERS } from './vocabulary.ts'
import { createResponseTap } from './tap-response.ts'

const CHAT: Codec<'chat'> = {
  endpoints: ['POST /v1/messages'],
  providerEndpoint: () => ({ method: 'POST', path: '/messages' }),
  decodeRequest: (body) => decodeRequest(jsonIn(body)),
  encodeRequest,
  markPrompt: (request) => markPrompt(request, FIELDS),
  passRequest: (raw, context) => passRequest(jsonPassed(raw), context),
  decodeResponse: createResponseDecoder,
  tapResponse: createResponseTap,
  encodeResponse: createResponseEncoder,
}

/** The Messages API of Anthropic (https://docs.anthropic.com/en/api/messages), with `count_tokens`, spoken both ways. */
export const anthropicMessages: Dialect = {
  name: 'anthropic-messages',
  family: FAMILY,
  quirks: QUIRKS,
  codecs: { chat: CHAT, 'count-tokens': countTokens },
  framing: SSE_FRAMING,
  authentication: { header: 'x-api-key', prefix: '' },
  forwardHeaders: FORWARD_HEADERS,
  usualHeaders: protocolHeaders({}),
  decodeFailure: (response) => FAILURES.decode(response),
  encodeFailure: (failure, context) => FAILURES.encode(failure, context),
}
