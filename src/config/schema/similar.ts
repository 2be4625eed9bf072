import { z } from 'zod'
import { budgetSchema } from './accounts.ts'
import { modelSchema, timeLimitSchema } from './values.ts'

const SHARE = 'a share from 0.1% to 20%'
const PER_CENT = 100

/** `1%` → 0.01. */
const epsilonSchema = z
  .union(
    [
      z.number(),
      z
        .string()
        .regex(/^\d{1,2}(\.\d{1,3})?%$/, { error: SHARE })
        .transform((text) => Number(text.replace('%', ''))),
    ],
    { error: SHARE },
  )
  .refine((percent) => percent >= 0.1 && percent <= 20, { error: SHARE })
  .transform((percent) => percent / PER_CENT)

const COSINE = 'a number from 0.5 to 1'

/** Whether the answers to similar questions are given. */
export const similarSchema = z
  .strictObject({
    embeddings: modelSchema.describe(
      'The model as provider/model, an alias, or a route, that makes vectors.',
    ),
    epsilon: epsilonSchema
      .prefault('1%')
      .describe('The share of wrong answers that may be, from 0.1% to 20%. Default: 1%.'),
    min_similarity: z
      .number({ error: COSINE })
      .min(0.5, { error: COSINE })
      .max(1, { error: COSINE })
      .default(0.85)
      .describe('Questions that are less near are not looked at, as a cosine. Default: 0.85.'),
    wait: timeLimitSchema
      .prefault('80ms')
      .describe(
        'How long a request waits for a vector and a search before the model is asked. Default: 80ms.',
      ),
    judge: modelSchema
      .optional()
      .describe(
        'The model or route that says whether two answers say the same. Default: nobody, and only those do that are written alike.',
      ),
    audit_budget: budgetSchema
      .prefault({ usd: 1, per: 'day' })
      .describe('What asking again and judging may cost, which is on nobody’s budget. Default: 1 USD a day.'),
  })
  .describe(
    'Gives the answers to similar questions too, where audits have earned it. See docs/semantic-cache.md.',
  )

export type SimilarConfig = z.output<typeof similarSchema>
