import { countAnswers } from '../count-tokens.ts'
import type { Codec } from '../dialect.ts'
import { jsonIn, jsonPassed } from '../json-body.ts'
import { decodeCountRequest } from './decode-request.ts'
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
  ...countAnswers({ member: 'input_tokens', failures: FAILURES }),
}
