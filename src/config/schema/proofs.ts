import { z } from 'zod'
import { onlyMembers } from './only.ts'
import { modelPatternSchema, textSchema } from './values.ts'

const ONE_CLAIM = 'one of only, never and survives'

/** Some of all targets: those of which everything holds that is said. */
const targetsSchema = z
  .strictObject({
    ...onlyMembers,
    targets: z
      .array(modelPatternSchema)
      .min(1, { error: 'at least one target' })
      .optional()
      .describe('One of these, as provider/model; * stands for any rest.'),
  })
  .refine((said) => Object.values(said).some((one) => one !== undefined), {
    error: `at least one of ${Object.keys(onlyMembers).join(', ')} and targets`,
  })

export type TargetsConfig = z.output<typeof targetsSchema>

/** Something that is proven of the configuration. */
export const proofSchema = z
  .strictObject({
    when: textSchema
      .optional()
      .describe(
        'Of which requests, as a condition (docs/conditions.md). Left out: of all. Not beside `survives`.',
      ),
    routes: z
      .array(textSchema)
      .min(1, { error: 'at least one route' })
      .optional()
      .describe(
        'Of which routes. Left out: of every name that a client can ask for; of all routes, beside `survives`.',
      ),
    only: targetsSchema
      .optional()
      .describe('Whatever fails on the way, they reach no target that does not fulfil this.'),
    never: targetsSchema
      .optional()
      .describe('Whatever fails on the way, they reach no target that fulfils this.'),
    survives: z
      .enum(['provider', 'target'], { error: 'provider or target' })
      .optional()
      .describe('Somebody is left to ask when any one provider, or any one target, is gone.'),
  })
  .refine(
    ({ only, never, survives, when }) =>
      [only, never, survives].filter((claim) => claim !== undefined).length === 1 &&
      (survives === undefined || when === undefined),
    { error: ONE_CLAIM },
  )

export type ProofConfig = z.output<typeof proofSchema>
