import type { Dialect } from '../dialect.ts'
import { decodeFailure } from './decode-failure.ts'
import { decodeRequest } from './decode-request.ts'
import { decodeResponse } from './decode-response.ts'
import { encodeFailure } from './encode-failure.ts'
import { encodeRequest } from './encode-request.ts'
import { encodeResponse } from './encode-response.ts'
import { passRequest } from './pass-request.ts'
import { FAMILY, FORWARD_HEADERS } from './schema.ts'
import { tapResponse } from './tap-response.ts'

/** OpenAI Chat Completions, and the many servers that speak it with an accent. */
export const openaiChat: Dialect = {
  name: 'openai-chat',
  family: FAMILY,
  endpoints: [
    { method: 'POST', path: '/v1/chat/completions', providerPath: '/chat/completions', operation: 'chat' },
  ],
  forwardHeaders: FORWARD_HEADERS,
  auth: { header: 'authorization', prefix: 'Bearer ' },
  decodeRequest,
  encodeRequest,
  passRequest,
  decodeResponse,
  tapResponse,
  encodeResponse,
  decodeFailure,
  encodeFailure,
}
