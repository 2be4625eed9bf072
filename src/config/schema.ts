import { z } from 'zod'
import { keySchema, limitsSchema, projectSchema } from './schema/accounts.ts'
import { alertsSchema } from './schema/alerts.ts'
import { guardrailSchema } from './schema/guardrails.ts'
import { cacheSchema } from './schema/cache.ts'
import { keptAnswersSchema } from './schema/kept-answers.ts'
import { drillSchema } from './schema/drills.ts'
import { autoSchema } from './schema/auto.ts'
import { healthSchema } from './schema/health.ts'
import { logsSchema } from './schema/logs.ts'
import { modelEntrySchema } from './schema/models.ts'
import { proofSchema } from './schema/proofs.ts'
import { providerSchema } from './schema/providers.ts'
import { responsesSchema } from './schema/responses.ts'
import { routeSchema, UNPRICED } from './schema/routes.ts'
import { serverSchema, storeSchema } from './schema/server.ts'
import { telemetrySchema } from './schema/telemetry.ts'
import { nameSchema } from './schema/values.ts'

const ROUTE_NAME = 'a route name without blanks, with at most one * at its end'
const routeNameSchema = z.string().regex(/^[^\s*]{0,200}\*?$/, { error: ROUTE_NAME })

const MODEL_NAME = 'an alias without blanks, or provider/model'
const modelNameSchema = z.string().regex(/^[^\s*]{1,200}$/, { error: MODEL_NAME })

/**
 * The whole file. The one source of what is valid: loading, the JSON Schema for editors and docs/config.md are all made
 * from it. Its output is the long form with defaults, units read (milliseconds, nano-USD), names as in the file.
 */
export const configSchema = z
  .strictObject({
    version: z.literal(1, { error: '1' }).default(1).describe('Version of this file format.'),
    server: serverSchema.prefault({}),
    store: storeSchema.prefault({}),
    providers: z
      .record(nameSchema, providerSchema)
      .optional()
      .describe('Who runs models, by a name of your choice. Left out: whoever is found in the environment.'),
    models: z
      .record(modelNameSchema, modelEntrySchema)
      .default({})
      .describe('Aliases for models, and facts about provider/model: prices, sizes, abilities.'),
    routes: z
      .record(routeNameSchema, routeSchema)
      .default({})
      .describe('Public model names, and how a target is chosen for them.'),
    auto: autoSchema.optional(),
    defaults: z
      .strictObject({ cache: cacheSchema.optional() })
      .prefault({})
      .describe('What holds for routes that say nothing of it.'),
    cache: keptAnswersSchema.prefault({}),
    health: healthSchema.prefault({}),
    projects: z
      .record(nameSchema, projectSchema)
      .default({})
      .describe('Owners of keys with limits and budgets of their own.'),
    keys: z
      .array(keySchema)
      .default([])
      .describe('Keys declared here. Others are made with `gatehouse keys create`.'),
    pricing: z
      .strictObject({
        unpriced: z
          .enum(UNPRICED)
          .default('without-budget')
          .describe(
            'Who may use models without a known price: everybody (allow), callers without a budget, since no budget can hold what has no price (without-budget), or nobody (deny).',
          ),
      })
      .prefault({})
      .describe('What happens to models without a price.'),
    limits: limitsSchema.prefault({}).describe('Limits for keys that have none of their own.'),
    responses: responsesSchema.prefault({}),
    logs: logsSchema.prefault({}),
    telemetry: telemetrySchema.prefault({}),
    alerts: alertsSchema.prefault({}),
    guardrails: z
      .record(nameSchema, guardrailSchema)
      .default({})
      .describe(
        'What is looked for in what is asked and answered, by name, and what is done then. See docs/guardrails.md.',
      ),
    drills: z
      .record(nameSchema, drillSchema)
      .default({})
      .describe('Rehearsed outages: what breaks, and what must come of it. See docs/drills.md.'),
    proofs: z
      .record(nameSchema, proofSchema)
      .default({})
      .describe(
        'What must hold of every decision, by name; proven by `gatehouse check --prove`. See docs/proofs.md.',
      ),
  })
  .describe('Configuration of Gatehouse.')

/** A checked file: long forms, defaults filled in, units read. Secrets are still references. */
export type Config = z.output<typeof configSchema>
