import { countAnswers } from '../count-tokens.ts'
import type { Codec } from '../dialect.ts'
import { jsonIn, jsonPassed } from '../json-body.ts'
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
  ...countAnswers({ member: 'totalTokens', failures: FAILURES }),
}
