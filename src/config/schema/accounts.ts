import { z } from 'zod'
import { OPERATION_NAMES } from '../../exchange/operations/all.ts'
import { OPTION_NAMES } from '../../exchange/request-options.ts'
import { queueSchema } from './guards.ts'
import { onlySchema } from './only.ts'
import {
  countSchema,
  expirySchema,
  modelPatternSchema,
  nameSchema,
  networkSchema,
  secretSchema,
  usdSchema,
} from './values.ts'

const limitFields = {
  rpm: countSchema.optional().describe('Requests per minute.'),
  tpm: countSchema
    .optional()
    .describe(
      'Tokens per minute, input and output together. A request takes its input and, until it ends, the most that may be answered, up to a quarter of the limit.',
    ),
  concurrent: countSchema.optional().describe('Requests at the same time.'),
}

export const limitsSchema = z.strictObject(limitFields)

export const budgetSchema = z.strictObject({
  usd: usdSchema.describe('US dollars that may be spent in one window.'),
  per: z
    .enum(['hour', 'day', 'week', 'month', 'total'])
    .describe('The window; windows are calendar windows in UTC, weeks begin on Monday.'),
})

const budgetsSchema = z.array(budgetSchema).max(16, { error: 'at most 16 budgets' })
const modelsSchema = z.array(modelPatternSchema).max(1_000, { error: 'at most 1000 patterns' })

/** A project: an owner of keys with limits and budgets of its own. */
export const projectSchema = z.strictObject({
  models: modelsSchema.optional().describe('Models and routes that its keys may use; default: all.'),
  only: onlySchema.optional().describe('What every target must fulfil that its keys are answered by.'),
  limits: limitsSchema
    .extend({ queue: queueSchema.optional() })
    .prefault({})
    .describe('Limits for all keys of the project together.'),
  budgets: budgetsSchema.default([]).describe('Budgets for all keys of the project together.'),
})

/** What may be said about a key, wherever it comes from. */
export const keyFieldsSchema = z.strictObject({
  name: nameSchema.describe('How the key is called in the log and on screens.'),
  project: nameSchema.optional().describe('The project that it belongs to.'),
  models: modelsSchema
    .optional()
    .describe('Models and routes that it may use; default: those of its project, or all.'),
  endpoints: z
    .array(z.enum(OPERATION_NAMES))
    .optional()
    .describe('What it may be used for; default: everything.'),
  only: onlySchema
    .optional()
    .describe(
      'What every target must fulfil that it is answered by, beside what its project and the route want.',
    ),
  ...limitFields,
  addresses: z
    .array(networkSchema)
    .min(1, { error: 'at least one address' })
    .max(100, { error: 'at most 100 addresses' })
    .optional()
    .describe('IP addresses and networks that it may be sent from; default: any.'),
  queue: queueSchema.optional().describe('Where its limits are reached, its requests wait for room.'),
  budget: budgetSchema.optional().describe('Its budget.'),
  budgets: budgetsSchema.optional().describe('Its budgets, when there are several.'),
  expires: expirySchema.optional().describe('The last day, or the moment, of its life.'),
  allow: z
    .array(z.enum(Object.values(OPTION_NAMES)))
    .default([])
    .describe('What it may ask for per request.'),
})

/** A key that the file declares; its text comes from outside the file. */
export const keySchema = keyFieldsSchema.extend({
  value: secretSchema.describe(
    'The key itself, as env:NAME or file:/path; made by `gatehouse keys create --offline`.',
  ),
})

export type KeyFields = z.output<typeof keyFieldsSchema>
export type KeyConfig = z.output<typeof keySchema>
export type BudgetConfig = z.output<typeof budgetSchema>
export type LimitsConfig = z.output<typeof limitsSchema>
