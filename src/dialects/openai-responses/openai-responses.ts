import { SSE_FRAMING } from '../../kit/framing.ts'
import { RESULT_QUIRKS } from '../blocks.ts'
import type { Codec, Dialect } from '../dialect.ts'
import { readJsonBody } from '../json-body.ts'
import { SHARED_QUIRKS } from '../quirks.ts'
import { USAGE_QUIRKS } from '../reported-usage.ts'
import { TOOL_QUIRKS } from '../tool-fields.ts'
import { createWholeEncoder } from '../whole-answer.ts'
import { COMPACT, COMPACTION_QUIRKS, decodeCompaction, writeCompaction } from './compaction.ts'
import { COMPACTION } from './compaction-item.ts'
import { countTokens } from './count-tokens.ts'
import { decodeChat } from './decode-request.ts'
import { ResponsesReader } from './decode-response.ts'
import { ResponsesWriter } from './encode-response.ts'
import { FAILURES } from './failure.ts'
import { recall } from './recall.ts'
import { REQUESTS } from './requests.ts'
import { readPrevious, storedAnswers } from './stored-answers.ts'
import { tapResponse } from './tap-response.ts'
import { FAMILY, FORWARD_HEADERS } from './vocabulary.ts'

const CHAT: Codec<'chat'> = {
  endpoints: ['POST /v1/responses', COMPACT],
  providerEndpoint: () => ({ method: 'POST', path: '/responses' }),
  decodeRequest: (body, { endpoint }) =>
    readJsonBody(body, endpoint === COMPACT ? decodeCompaction : decodeChat),
  stored: {
    ...storedAnswers,
    read: (body, endpoint) =>
      endpoint === COMPACT ? readPrevious(body) : storedAnswers.read(body, endpoint),
  },
  encodeRequest: (request, context) => REQUESTS.encode(request, context),
  passRequest: (raw, context) => REQUESTS.pass(raw, context),
  decodeResponse: (context) => new ResponsesReader(context),
  tapResponse,
  encodeResponse: (context) =>
    context.request.answerShape === COMPACTION
      ? createWholeEncoder(writeCompaction, context)
      : new ResponsesWriter(context),
}

/** The Responses API of OpenAI. What was said before travels with a request, or is stored and named by it. */
export const openaiResponses: Dialect = {
  name: 'openai-responses',
  family: FAMILY,
  quirks: { ...SHARED_QUIRKS, ...RESULT_QUIRKS, ...TOOL_QUIRKS, ...USAGE_QUIRKS, ...COMPACTION_QUIRKS },
  codecs: { chat: CHAT, 'count-tokens': countTokens, recall },
  framing: SSE_FRAMING,
  authentication: { header: 'authorization', prefix: 'Bearer ' },
  forwardHeaders: FORWARD_HEADERS,
  decodeFailure: (response) => FAILURES.decode(response),
  encodeFailure: (failure, context) => FAILURES.encode(failure, context),
}
