import { z } from 'zod'
import { USAGE_GROUPINGS } from '../store/usage-report.ts'
import { COUNTS_SHAPE } from './units-json.ts'
import { moneySchema, parseQuery, type AdminRoute } from './admin-route.ts'
import { jsonResponse } from './problem.ts'
import { PERIOD_QUERY, readPeriod } from './period.ts'
import { reportUsage, type ReportNeeds } from './report-usage.ts'
import { toTimeJson, toUsageJson } from './to-json.ts'

const usageQuery = z.strictObject({
  ...PERIOD_QUERY,
  by: z.enum(USAGE_GROUPINGS).default('model').describe('What to group by.'),
  limit: z
    .string()
    .regex(/^([1-9]\d?|[1-4]\d\d|500)$/, { error: 'a whole number from 1 to 500' })
    .transform(Number)
    .prefault('100')
    .describe('Most groups.'),
})

const groupAnswer = z.object({
  name: z.string(),
  attempts: z.int(),
  input_tokens: z.int().describe('All input that was billed, of whatever kind.'),
  output_tokens: z.int().describe('All output that was billed, of whatever kind.'),
  usage: z.object(COUNTS_SHAPE).describe('The same unit by unit, each counted once.'),
  cost: moneySchema.describe('Real money.'),
  charged: moneySchema.describe(
    'What budgets were charged: the cost, and where a bill is not known the most that it may come to.',
  ),
  simulated: moneySchema.describe('Invented money of the simulator, never part of cost.'),
  saved: moneySchema
    .optional()
    .describe(
      'Where answers are looked at: what the last rung would have cost, less what was paid. Below zero it has cost more. As far back as the request log reaches; not there where nothing is known, nor by model.',
    ),
  simulated_saved: moneySchema.optional().describe('The same of invented money.'),
  from_cache: z
    .int()
    .optional()
    .describe('Requests that were given a kept answer again, as far back as the request log reaches.'),
  cache_saved: moneySchema.optional().describe('What those answers had cost.'),
  unpriced_attempts: z.int().describe('Attempts that used something and have no price.'),
  estimated_attempts: z
    .int()
    .describe('Attempts whose usage is not, or not all, what the provider reported.'),
  anomalous_attempts: z.int().describe('Attempts whose provider reported what cannot be true.'),
})

/** What was used and what it cost. */
export function usageRoutes(needs: ReportNeeds & { readonly nowMs: () => number }): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/usage',
      summary: 'Attempts, tokens and money by group.',
      query: usageQuery,
      answer: {
        status: 200,
        schema: z.object({
          from: z.iso.datetime(),
          to: z.iso.datetime(),
          by: z.enum(USAGE_GROUPINGS),
          data: z.array(groupAnswer),
          total: groupAnswer,
        }),
      },
      async handle({ query }) {
        const { by, limit, ...period } = parseQuery(usageQuery, query)
        const { fromMs, toMs } = readPeriod(period, needs.nowMs())
        const { groups, total } = await reportUsage(needs, { fromMs, toMs, groupBy: by, limit })
        return jsonResponse({
          from: toTimeJson(fromMs),
          to: toTimeJson(toMs),
          by,
          data: groups.map(toUsageJson),
          total: toUsageJson(total),
        })
      },
    },
  ]
}
