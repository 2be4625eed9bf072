import type { Failure } from '../../exchange/failure.ts'
import type { FailureCode } from '../../exchange/failure-table.ts'
import type { JsonObject } from '../../kit/json.ts'
import type { FailureContext } from '../dialect.ts'
import { errorBody, errorObjectFailures } from '../error-object.ts'
import { decodeUsage } from '../reported-usage.ts'
import { FAMILY } from './vocabulary.ts'

/** Codes of single providers of this family that say more than their status. */
const OWN_CODES: ReadonlyMap<string, FailureCode> = new Map([
  // The model wrote a call that its server could not parse: another try writes another one.
  ['tool_use_failed', 'malformed-response'],
])

/** The failures of this family (https://platform.openai.com/docs/guides/error-codes), and of the servers that speak like it. */
export const FAILURES = errorObjectFailures({
  family: FAMILY,
  classify: ({ code }) => OWN_CODES.get(code),
  toUsage: (reported) => decodeUsage(reported, {}),
})

/** The body of an error inside a stream. */
export function failureBody(failure: Failure, context: FailureContext): JsonObject {
  return errorBody(failure, FAMILY, context)
}
