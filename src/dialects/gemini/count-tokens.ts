import { countAnswers } from '../count-tokens.ts'
import type { Codec } from '../dialect.ts'
import { jsonIn } from '../json-body.ts'
import { decodeCountRequest } from './decode-request.ts'
import { FAILURES } from './failure.ts'
import { pathOfModel } from './path-of-model.ts'
import { REQUESTS } from './requests.ts'

/** Counting the tokens of a conversation (https://ai.google.dev/api/tokens). */
export const countTokens: Codec<'count-tokens'> = {
  endpoints: ['POST /v1beta/models/{+model}:countTokens'],
  providerEndpoint: ({ model }) => ({ method: 'POST', path: `${pathOfModel(model)}:countTokens` }),
  decodeRequest: (body, head) => decodeCountRequest(jsonIn(body), head),
  encodeRequest: (request, context) => REQUESTS.encodeCount(request, context),
  passRequest: (raw, context) => REQUESTS.passCount(raw, context),
  ...countAnswers({ member: 'totalTokens', failures: FAILURES }),
}
