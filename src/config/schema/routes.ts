import { z } from 'zod'
import type { Unpriced } from '../../exchange/route.ts'
import { DEFAULT_STRATEGY, STRATEGIES, WEIGHING } from '../../routing/strategies/all.ts'
import { fallbackSchema } from './fallback.ts'
import { affinitySchema } from './affinity.ts'
import { strategySchema } from './strategy.ts'
import { flagSchema, modelSchema, textSchema } from './values.ts'

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

const longSchema = z.strictObject({
  description: textSchema.optional().describe('What the route is for.'),
  strategy: strategySchema(STRATEGIES, DEFAULT_STRATEGY),
  targets: z
    .array(targetSchema)
    .min(1, { error: 'at least one target' })
    .describe('The models, as provider/model or alias; a * takes the place of the * in the route’s name.'),
  fallback: fallbackSchema.optional().describe('What happens when a target fails.'),
  affinity: affinitySchema.optional(),
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
