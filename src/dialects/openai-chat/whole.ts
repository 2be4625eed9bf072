import { AGENT_HEADERS } from '../agent-headers.ts'
import type { WholeDialect } from '../whole-codec.ts'
import { FAILURES } from './failure.ts'
import { FIELDS } from './vocabulary.ts'

/** What is not streamed is asked and refused in the same words as conversations. */
export const WHOLE: WholeDialect = { fields: FIELDS, failures: FAILURES, forwardHeaders: AGENT_HEADERS }
