import type { WholeDialect } from '../whole-codec.ts'
import { FAILURES } from './failure.ts'
import { FIELDS, FORWARD_HEADERS } from './vocabulary.ts'

/** What is not streamed is asked and refused in these words. */
export const WHOLE: WholeDialect = { fields: FIELDS, failures: FAILURES, forwardHeaders: FORWARD_HEADERS }
