import { z } from 'zod'
import type { Unpriced } from '../../exchange/route.ts'
import { LIMITS } from '../../kit/limits.ts'
import { DEFAULT_STRATEGY, STRATEGIES, WEIGHING } from '../../routing/strategies/all.ts'
import { fallbackSchema, retrySchema } from './fallback.ts'
import { escalateSchema } from './escalate.ts'
import { cacheSchema } from './cache.ts'
import { affinitySchema } from './affinity.ts'
import { canarySchema, splitSchema } from './split.ts'
import { shadowSchema } from './shadow.ts'
import { matchSchema } from './match.ts'
import { onlySchema } from './only.ts'
import { hedgeSchema, raceSchema } from './pace.ts'
import { strategySchema } from './strategy.ts'
import { flagSchema, modelSchema, nameSchema, textSchema } from './values.ts'

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

/** What may be said of a route as a whole and of each of its steps, which go by what the route says where they say nothing. */
const policyMembers = {
  strategy: strategySchema(STRATEGIES, DEFAULT_STRATEGY),
  only: onlySchema
    .optional()
    .describe(
      'What every target must fulfil, whatever leads to it. What a step says holds beside what its route says.',
    ),
  fallback: fallbackSchema.optional().describe('What happens when a target fails.'),
  retry: retrySchema.optional(),
  affinity: affinitySchema.optional(),
  split: splitSchema.optional(),
  canary: canarySchema.optional(),
  shadow: shadowSchema.optional(),
  cache: cacheSchema.optional(),
  race: raceSchema
    .optional()
    .describe(
      'Ask several targets at once; the first answer wins, the others are stopped. In short: how many.',
    ),
  hedge: hedgeSchema
    .optional()
    .describe(
      'Ask a second target when the first has not begun to answer for a while; the first answer wins. In short: after how long.',
    ),
  strict: flagSchema
    .optional()
    .describe('Refuse requests that cannot be translated without loss. Default: false.'),
  escalate: escalateSchema
    .optional()
    .describe('What makes an answer good enough; where one is not, the next target is asked.'),
  prompt_cache: z
    .enum(['auto', 'off'], { error: 'auto or off' })
    .optional()
    .describe(
      'auto: mark what a provider may keep of a prompt where it wants marks and the client has set none. Default: off.',
    ),
  mixed_models: flagSchema
    .optional()
    .describe(
      'Let models of different names answer requests for embeddings, although their vectors cannot be compared. Default: false.',
    ),
  unpriced: z
    .enum(UNPRICED)
    .optional()
    .describe('Who may use models without a price by this route; default: as in pricing.'),
}

const REFUSAL = `a sentence of at most ${LIMITS.refusalCharacters} characters that tells the client why, and what to do`

/** What a client is told by a step that refuses. One line: it stands in logs and on terminals as well. */
const refusalSchema = z
  .string({ error: REFUSAL })
  .trim()
  .regex(/^[^\p{Cc}]+$/u, { error: REFUSAL })
  .max(LIMITS.refusalCharacters, { error: REFUSAL })

const targetsSchema = z.array(targetSchema).min(1, { error: 'at least one target' })

const stepSchema = z.strictObject({
  name: nameSchema.describe('How decisions and reports call it.'),
  when: textSchema
    .optional()
    .describe('A condition in CEL over the facts of docs/conditions.md. The last step has none.'),
  targets: targetsSchema.optional().describe('The models; default: those of the route.'),
  refuse: refusalSchema
    .optional()
    .describe(
      'Instead of asking anybody, refuse the request with this sentence. Only `name` and `when` stand beside it.',
    ),
  ...policyMembers,
})

const exampleSchema = z.strictObject({
  step: nameSchema.describe('The step that takes it.'),
  facts: z
    .record(textSchema, z.json())
    .describe('What it is, by the names of docs/conditions.md: request: { tags: [eu] }. The rest is empty.'),
})

const longSchema = z.strictObject({
  description: textSchema.optional().describe('What the route is for.'),
  match: matchSchema.optional(),
  targets: targetsSchema
    .default([])
    .describe('The models, as provider/model or alias; a * takes the place of the * in the route’s name.'),
  steps: z
    .array(stepSchema)
    .min(1, { error: 'at least one step' })
    .max(LIMITS.routeSteps, { error: `at most ${LIMITS.routeSteps} steps` })
    .optional()
    .describe('Different ways for different requests: the first step whose condition holds is taken.'),
  examples: z
    .array(exampleSchema)
    .max(LIMITS.routeSteps, { error: `at most ${LIMITS.routeSteps} examples` })
    .optional()
    .describe('Requests, and the steps that take them: a file in which another step does is refused.'),
  ...policyMembers,
})

/** A route, in short (a model, or a list of them in order) or at length. */
export const routeSchema = z
  .union([modelSchema, z.array(targetSchema).min(1, { error: 'at least one target' }), longSchema])
  .transform((entry) => {
    if (typeof entry === 'string') return longSchema.parse({ targets: [entry] })
    return Array.isArray(entry) ? longSchema.parse({ targets: entry }) : entry
  })
  .describe('A list of models in order, or the route at length.')

export type RouteConfig = z.output<typeof routeSchema>
export type StepConfig = z.output<typeof stepSchema>
