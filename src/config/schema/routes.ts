import { z } from 'zod'
import { FAILURES, failureRow, isFailureCode, type FailureCode } from '../../exchange/failure-table.ts'
import type { Unpriced } from '../../exchange/route.ts'
import { LIMITS } from '../../kit/limits.ts'
import { DEFAULT_STRATEGY, STRATEGIES, WEIGHING } from '../../routing/strategies/all.ts'
import { strategySchema } from './strategy.ts'
import { flagSchema, modelSchema, textSchema, timeLimitSchema } from './values.ts'

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

/** See `Unpriced`. */
export const UNPRICED = ['allow', 'without-budget', 'deny'] as const satisfies readonly Unpriced[]

const targetSchema = z
  .union([
    modelSchema,
    z.strictObject({
      model: modelSchema.describe('The model as provider/model, or an alias.'),
      weight: z
        .number({ error: 'a number ≥ 0' })
        .min(0, { error: 'a number ≥ 0' })
        .max(1_000_000, { error: 'a number of at most 1000000' })
        .default(1)
        .describe(`Share of the requests; used by the strategy ${WEIGHING}.`),
    }),
  ])
  .transform((target) => (typeof target === 'string' ? { model: target, weight: 1 } : target))

const fallbackSchema = z.strictObject({
  to: z.array(modelSchema).default([]).describe('Tried in order after the targets.'),
  attempts: z
    .int({ error: ATTEMPTS })
    .min(1, { error: ATTEMPTS })
    .max(LIMITS.attempts, { error: ATTEMPTS })
    .optional()
    .describe(
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
  time: timeLimitSchema
    .refine((ms) => ms <= LIMITS.exchangeMs, { error: `at most ${LIMITS.exchangeMs / 60_000}m` })
    .optional()
    .describe('Time for all attempts together.'),
  errors: z
    .array(errorSchema)
    .default([])
    .describe('Failures that lead to the next target in addition to those that always do.'),
})

const longSchema = z.strictObject({
  description: textSchema.optional().describe('What the route is for.'),
  strategy: strategySchema(STRATEGIES, DEFAULT_STRATEGY),
  targets: z
    .array(targetSchema)
    .min(1, { error: 'at least one target' })
    .describe('The models, as provider/model or alias; a * takes the place of the * in the route’s name.'),
  fallback: fallbackSchema.optional().describe('What happens when a target fails.'),
  strict: flagSchema.default(false).describe('Refuse requests that cannot be translated without loss.'),
  mixed_models: flagSchema
    .default(false)
    .describe(
      'Let models of different names answer requests for embeddings, although their vectors cannot be compared.',
    ),
  unpriced: z
    .enum(UNPRICED)
    .optional()
    .describe('Who may use models without a price by this route; default: as in pricing.'),
})

/** A route, in short (a model, or a list of them in order) or at length. */
export const routeSchema = z
  .union([modelSchema, z.array(targetSchema).min(1, { error: 'at least one target' }), longSchema])
  .transform((entry) => {
    if (typeof entry === 'string') return longSchema.parse({ targets: [entry] })
    return 'targets' in entry ? entry : longSchema.parse({ targets: entry })
  })
  .describe('A list of models in order, or the route at length.')

export type RouteConfig = z.output<typeof routeSchema>
