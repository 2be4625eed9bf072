import { SSE_FRAMING } from '../../kit/framing.ts'
import type { Codec, Dialect } from '../dialect.ts'
import { readJsonBody } from '../json-body.ts'
import { decodeChat } from './decode-request.ts'
import { decodeResponse } from './decode-response.ts'
import { embed } from './embed.ts'
import { encodeResponse } from './encode-response.ts'
import { FAILURES } from './failure.ts'
import { moderate } from './moderate.ts'
import { QUIRKS } from './quirks.ts'
import { REQUESTS } from './requests.ts'
import { rerank } from './rerank.ts'
import { FAMILY, FORWARD_HEADERS } from './vocabulary.ts'
import { tapResponse } from './tap-response.ts'

const CHAT: Codec<'chat'> = {
  endpoints: ['POST /v1/chat/completions'],
  providerEndpoint: () => ({ method: 'POST', path: '/chat/completions' }),
  decodeRequest: (body) => readJsonBody(body, decodeChat),
  encodeRequest: (request, context) => REQUESTS.encode(request, context),
  passRequest: (raw, context) => REQUESTS.pass(raw, context),
  decodeResponse,
  tapResponse,
  encodeResponse,
}

/** OpenAI Chat Completions, and the many servers that speak it with an accent. */
export const openaiChat: Dialect = {
  name: 'openai-chat',
  family: FAMILY,
  quirks: QUIRKS,
  codecs: { chat: CHAT, embed, moderate, rerank },
  framing: SSE_FRAMING,
  authentication: { header: 'authorization', prefix: 'Bearer ' },
  forwardHeaders: FORWARD_HEADERS,
  decodeFailure: (response) => FAILURES.decode(response),
  encodeFailure: (failure, context) => FAILURES.encode(failure, context),
}
