import { SSE_FRAMING } from '../../kit/framing.ts'
import type { Dialect } from '../dialect.ts'
import { embed } from './embed.ts'
import { FAILURES } from './failure.ts'
import { QUIRKS } from './quirks.ts'
import { rerank } from './rerank.ts'
import { FAMILY, FORWARD_HEADERS } from './vocabulary.ts'

/** Cohere's second API, as far as it does not converse: its chats are spoken in its OpenAI-compatible one. */
export const cohere: Dialect = {
  name: 'cohere',
  family: FAMILY,
  quirks: QUIRKS,
  codecs: { embed, rerank },
  framing: SSE_FRAMING,
  authentication: { header: 'authorization', prefix: 'Bearer ' },
  forwardHeaders: FORWARD_HEADERS,
  decodeFailure: (response) => FAILURES.decode(response),
  encodeFailure: (failure, context) => FAILURES.encode(failure, context),
}
