import type { EventSink } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import type { ContentOf } from '../../exchange/operations/all.ts'
import { readNumber, type JsonObject } from '../../kit/json.ts'
import type { Codec } from '../dialect.ts'
import { jsonIn, jsonPassed } from '../json-body.ts'
import { createWholeDecoder, createWholeEncoder } from '../whole-answer.ts'
import { decodeCountRequest } from './decode-request.ts'
import { isError } from './decode-response.ts'
import { encodeCountRequest } from './encode-request.ts'
import { FAILURES } from './failure.ts'
import { passCountRequest } from './pass-request.ts'

/** Counting the tokens of a conversation (https://docs.anthropic.com/en/api/messages-count-tokens). */
export const countTokens: Codec<'count-tokens'> = {
  endpoints: ['POST /v1/messages/count_tokens'],
  providerEndpoint: () => ({ method: 'POST', path: '/messages/count_tokens' }),
  decodeRequest: (body) => decodeCountRequest(jsonIn(body)),
  encodeRequest: encodeCountRequest,
  passRequest: (raw, context) => passCountRequest(jsonPassed(raw), context),
  decodeResponse: () => createWholeDecoder(readCount),
  encodeResponse: (context) =>
    createWholeEncoder(({ inputTokens }) => ({ input_tokens: inputTokens }), context),
}

function readCount(body: JsonObject, sink: EventSink<ContentOf<'count-tokens'>>): Failure | undefined {
  if (isError(body)) return FAILURES.decodeInside(body)
  const inputTokens = readNumber(body, 'input_tokens')
  if (inputTokens === undefined) return new Failure('malformed-response')
  sink({ type: 'start' })
  sink({ type: 'token-count', inputTokens, estimated: false })
  return undefined
}
