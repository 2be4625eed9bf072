import { answerSchema } from './answer-schema.ts'
import { detect } from './detect.ts'
import { injection } from './injection.ts'
import { links } from './links.ts'
import { moderation } from './moderation.ts'
import { patterns } from './patterns.ts'
import { rubric } from './rubric.ts'
import { terms } from './terms.ts'
import type { GuardrailKind } from './kind.ts'

/** Everything that a guardrail can look for. A further kind is a file and a line here. */
export const GUARDRAIL_KINDS: readonly GuardrailKind[] = [
  detect,
  terms,
  patterns,
  links,
  injection,
  moderation,
  rubric,
  answerSchema,
]
