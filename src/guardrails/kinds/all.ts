import { answerSchema } from './answer-schema.ts'
import { detect } from './detect.ts'
import { injection } from './injection.ts'
import { language } from './language.ts'
import { links } from './links.ts'
import { moderation } from './moderation.ts'
import { patterns } from './patterns.ts'
import { rubric } from './rubric.ts'
import { size } from './size.ts'
import { terms } from './terms.ts'
import { topics } from './topics.ts'
import { webhook } from './webhook.ts'
import type { GuardrailKind } from './kind.ts'

/** Everything that a guardrail can look for. A further kind is a file and a line here. */
export const GUARDRAIL_KINDS: readonly GuardrailKind[] = [
  detect,
  terms,
  patterns,
  links,
  injection,
  language,
  size,
  topics,
  moderation,
  rubric,
  answerSchema,
  webhook,
]
