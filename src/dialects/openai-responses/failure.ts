import { errorObjectFailures } from '../error-object.ts'
import { decodeUsage } from '../reported-usage.ts'
import { FAMILY } from './vocabulary.ts'

/** Codes of responses that failed, with the status that the API has for them elsewhere. */
const STATUSES: ReadonlyMap<string, number> = new Map([
  ['server_error', 500],
  ['rate_limit_exceeded', 429],
  ['server_is_overloaded', 503],
  ['slow_down', 503],
  ['invalid_prompt', 400],
])

/** The failures of this family: error answers, `error` events, and responses that failed. */
export const FAILURES = errorObjectFailures({
  family: FAMILY,
  statusOf: ({ code, status }) => status ?? STATUSES.get(code),
  toUsage: (reported) => decodeUsage(reported, {}),
})
