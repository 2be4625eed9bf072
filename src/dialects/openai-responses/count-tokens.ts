import type { Codec } from '../dialect.ts'
import { countAnswers, countRequest } from '../count-tokens.ts'
import { readJsonBody } from '../json-body.ts'
import { decodeChat } from './decode-request.ts'
import { FAILURES } from './failure.ts'
import { REQUESTS } from './requests.ts'
import { readPrevious, storedAnswers } from './stored-answers.ts'

/** Counting the tokens of a request (https://platform.openai.com/docs/api-reference/responses/input-tokens). */
export const countTokens: Codec<'count-tokens'> = {
  endpoints: ['POST /v1/responses/input_tokens'],
  providerEndpoint: () => ({ method: 'POST', path: '/responses/input_tokens' }),
  stored: { ...storedAnswers, read: readPrevious },
  decodeRequest: (body) => readJsonBody(body, (json) => countRequest(decodeChat(json))),
  encodeRequest: (request, context) => REQUESTS.encodeCount(request, context),
  passRequest: (raw, context) => REQUESTS.passCount(raw, context),
  ...countAnswers({
    member: 'input_tokens',
    beside: { object: 'response.input_tokens' },
    failures: FAILURES,
  }),
}
