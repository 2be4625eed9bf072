import { arithmetic } from './arithmetic.ts'
import { empty } from './empty.ts'
import { language } from './language.ts'
import { logProbabilities } from './log-probabilities.ts'
import { refusal } from './refusal.ts'
import { repetition } from './repetition.ts'
import { schema } from './schema.ts'
import { toolArguments } from './tool-arguments.ts'
import { truncation } from './truncation.ts'
import type { VerifierKind } from './verifier.ts'

/** Every verifier that asks nobody, in the order in which they are asked: what costs least and says most first. */
export const VERIFIERS: readonly VerifierKind[] = [
  empty,
  truncation,
  refusal,
  toolArguments,
  schema,
  repetition,
  language,
  logProbabilities,
  arithmetic,
]
