import { z } from 'zod'
import type { CostLimit } from '../../exchange/again.ts'
import { FAILURES, failureRow, isFailureCode, type FailureCode } from '../../exchange/failure-table.ts'
import { LIMITS } from '../../kit/limits.ts'
import { parseUsd } from '../../kit/money.ts'
import { modelSchema, timeLimitSchema } from './values.ts'

const ATTEMPTS = `a whole number from 1 to ${LIMITS.attempts}`

const MOST_RETRIES = 3
const RETRIES = `a whole number from 0 to ${MOST_RETRIES}`

/** Failures that a route may declare worth another target. The client's own mistakes are not among them. */
const errorSchema = z
  .string({ error: 'the name of a failure' })
  .refine(isProviderFailure, { error: 'the name of a failure of a provider' })

function isProviderFailure(name: string): name is FailureCode {
  return isFailureCode(name) && failureRow(name).source === 'provider'
}

/** The names that `fallback.errors` takes. */
export function fallbackErrorNames(): string[] {
  return Object.keys(FAILURES).filter(isProviderFailure)
}

const attemptsSchema = z
  .int({ error: ATTEMPTS })
  .min(1, { error: ATTEMPTS })
  .max(LIMITS.attempts, { error: ATTEMPTS })
  .optional()

const timeSchema = timeLimitSchema
  .refine((ms) => ms <= LIMITS.exchangeMs, { error: `at most ${LIMITS.exchangeMs / 60_000}m` })
  .optional()

const COST =
  'a multiple of what the first attempt may cost, such as 3x, or an amount of US dollars such as $0.05'

/** `3x`, `$0.05` or `0.05`. */
const costLimitSchema = z.union(
  [
    z
      .string({ error: COST })
      .regex(/^([1-9]\d{0,2}(\.\d{1,3})?x|\$?\d{1,9}(\.\d{1,9})?)$/, { error: COST })
      .transform(readCost),
    z
      .number({ error: COST })
      .min(0, { error: COST })
      .max(1e9, { error: COST })
      .transform((amount) => ({ nanoUsd: parseUsd(amount) })),
  ],
  { error: COST },
)

function readCost(text: string): CostLimit {
  if (text.endsWith('x')) return { times: Number(text.slice(0, -1)) }
  return { nanoUsd: parseUsd(text.replace('$', '')) }
}

const budgetSchema = z
  .strictObject({
    attempts: attemptsSchema.describe('Attempts in all, the first included; the same as attempts beside it.'),
    time: timeSchema.describe('Time for all attempts together; the same as time beside it.'),
    cost: costLimitSchema
      .optional()
      .describe(
        'What all attempts may cost together: a multiple of the most that the first may cost (3x), or an amount ($0.05). A further attempt is made only where the most that it may cost still fits beside what was spent; the first one always is.',
      ),
  })
  .describe('One purse for retries, fallbacks and whatever else is tried beside the first attempt.')

/** What happens when a target fails. */
export const fallbackSchema = z.strictObject({
  to: z.array(modelSchema).default([]).describe('Tried in order after the targets.'),
  attempts: attemptsSchema.describe(
    'Attempts in all, the first included. Default: as many as there are targets and one round of retries, at least 3.',
  ),
  retries: z
    .int({ error: RETRIES })
    .min(0, { error: RETRIES })
    .max(MOST_RETRIES, { error: RETRIES })
    .optional()
    .describe(
      'How often a target is asked again that failed for a moment (500, 502, 503, overloaded, or a limit that ends within two seconds), before the next one is. Never in place of a target that was not asked yet. Default: 1.',
    ),
  time: timeSchema.describe('Time for all attempts together.'),
  budget: budgetSchema.optional(),
  errors: z
    .array(errorSchema)
    .default([])
    .describe('Failures that lead to the next target in addition to those that always do.'),
})

export type FallbackConfig = z.output<typeof fallbackSchema>
