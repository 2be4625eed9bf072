import type { Failure } from '../../exchange/failure.ts'
import { NO_USAGE } from '../../exchange/usage.ts'
import type { JsonObject } from '../../kit/json.ts'
import { billedUsage } from '../billed-units.ts'
import type { FailureContext } from '../dialect.ts'
import { errorObject } from '../error-object.ts'
import { envelopeFields, hasMessage } from '../failure-envelope.ts'
import { Failures, messageOf, type Overflow } from '../failures.ts'
import { FAMILY } from './vocabulary.ts'

/** The failures of the API (https://docs.cohere.com/reference/errors): a message, and all else in the status. */
export const FAILURES = new Failures({
  family: FAMILY,
  requestIdHeader: 'x-debug-trace-id',
  limits: [],
  toUsage: (reported) => billedUsage({ meta: reported }) ?? NO_USAGE,
  isEnvelope: (body) => hasMessage(body) && body['error'] === undefined,
  body: failureBody,
})

function failureBody(failure: Failure, { requestId, attempts }: FailureContext): JsonObject {
  return {
    id: requestId,
    ...errorObject(failure, FAMILY),
    message: messageOf(failure, FAMILY, overflowSentence),
    ...envelopeFields(failure, requestId, attempts),
  }
}

/** The sentence for a text that is too long. */
function overflowSentence(overflow: Overflow | undefined): string {
  return overflow === undefined
    ? 'too many tokens: the input is longer than the model can read.'
    : `too many tokens: size limit exceeded by ${overflow.inputTokens - overflow.limitTokens} tokens. Try using shorter or fewer inputs. The limit for this model is ${overflow.limitTokens} tokens.`
}
