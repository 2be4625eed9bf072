import type { Dialect } from '../dialect.ts'
import { decodeRequest } from './decode-request.ts'
import { createResponseDecoder } from './decode-response.ts'
import { encodeRequest } from './encode-request.ts'
import { createResponseEncoder } from './encode-response.ts'
import { decodeFailure, encodeFailure } from './failure.ts'
import { passRequest } from './pass-request.ts'
import { ENDPOINTS, FAMILY, FORWARD_HEADERS } from './schema.ts'
import { createResponseTap } from './tap-response.ts'

/** The Messages API of Anthropic (https://docs.anthropic.com/en/api/messages), with `count_tokens`, spoken both ways. */
export const anthropicMessages: Dialect = {
  name: 'anthropic-messages',
  family: FAMILY,
  endpoints: ENDPOINTS,
  forwardHeaders: FORWARD_HEADERS,
  auth: { header: 'x-api-key', prefix: '' },
  decodeRequest,
  encodeRequest,
  passRequest,
  decodeResponse: createResponseDecoder,
  tapResponse: createResponseTap,
  encodeResponse: createResponseEncoder,
  decodeFailure,
  encodeFailure,
}
