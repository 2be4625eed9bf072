import type { EventSink } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import type { ContentOf } from '../../exchange/operations/all.ts'
import { readNumber, type JsonObject } from '../../kit/json.ts'
import type { Codec } from '../dialect.ts'
import { jsonIn, jsonPassed } from '../json-body.ts'
import { isErrorBody } from '../read-provider-error.ts'
import { createWholeDecoder, createWholeEncoder } from '../whole-answer.ts'
import { decodeCountRequest } from './decode-request.ts'
import { encodeCountRequest } from './encode-request.ts'
import { FAILURES } from './failure.ts'
import { passCountRequest } from './pass-request.ts'
import { pathOfModel } from './path-of-model.ts'

/** Counting the tokens of a conversation (https://ai.google.dev/api/tokens). */
export const countTokens: Codec<'count-tokens'> = {
  endpoints: ['POST /v1beta/models/{+model}:countTokens'],
  providerEndpoint: ({ model }) => ({ method: 'POST', path: `${pathOfModel(model)}:countTokens` }),
  decodeRequest: (body, head) => decodeCountRequest(jsonIn(body), head),
  encodeRequest: encodeCountRequest,
  passRequest: (raw, context) => passCountRequest(jsonPassed(raw), context),
  decodeResponse: () => createWholeDecoder(readCount),
  encodeResponse: (context) =>
    createWholeEncoder(({ inputTokens }) => ({ totalTokens: inputTokens }), context),
}

function readCount(body: JsonObject, sink: EventSink<ContentOf<'count-tokens'>>): Failure | undefined {
  if (isErrorBody(body, ['totalTokens'])) return FAILURES.decodeInside(body)
  const inputTokens = readNumber(body, 'totalTokens')
  if (inputTokens === undefined) return new Failure('malformed-response')
  sink({ type: 'start' })
  sink({ type: 'token-count', inputTokens, estimated: false })
  return undefined
}
