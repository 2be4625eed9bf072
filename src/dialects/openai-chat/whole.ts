import type { WholeDialect } from '../whole-codec.ts'
import { FAILURES } from './failure.ts'
import { FIELDS, FORWARD_HEADERS } from './vocabulary.ts'

/** What is not streamed is asked and refused in the same words as conversations. */
export const WHOLE: WholeDialect = { fields: FIELDS, failures: FAILURES, forwardHeaders: FORWARD_HEADERS }
