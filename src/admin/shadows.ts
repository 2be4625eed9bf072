import { z } from 'zod'
import { defined } from '../kit/defined.ts'
import type { ShadowStore } from '../store/store.ts'
import { moneySchema, PAGE_QUERY, pageBody, pageSchema, parseQuery, type AdminRoute } from './admin-route.ts'
import { PERIOD_QUERY, readPeriod } from './period.ts'
import { jsonResponse } from './problem.ts'
import { toShadowJson, toShadowReportJson } from './shadows-json.ts'
import { toTimeJson } from './to-json.ts'

const costAnswer = z.union([moneySchema, z.literal('unpriced')])

const shadowAnswer = z.object({
  request_id: z.string(),
  at: z.iso.datetime(),
  route: z.string(),
  shadow: z.string().describe('The model or route that was asked as well.'),
  shown: z.string().describe('The target of the answer that the client got.'),
  target: z.string().optional().describe('The target of the other answer.'),
  outcome: z.string().describe('`compared`, or the code of the failure for which there is no other answer.'),
  duration_ms: z.number().describe('Until the whole answer was there.'),
  shadow_ms: z.number(),
  cost: costAnswer,
  shadow_cost: costAnswer,
  simulated: z.boolean(),
  shadow_simulated: z.boolean(),
  length: z.int().optional().describe('Characters of text.'),
  shadow_length: z.int().optional(),
  same_refusal: z.boolean().optional(),
  same_tools: z.boolean().optional().describe('Absent where neither called any.'),
  same_json: z.boolean().optional().describe('Absent where the shown answer is no JSON.'),
  jaccard: z.number().optional().describe('Words that both have among all that either has.'),
  agrees: z
    .boolean()
    .optional()
    .describe('Refusal, tools and JSON are the same, as far as they can be told.'),
})

const shareAnswer = z.object({ of: z.int().describe('Where it could be told.'), agreed: z.int() })
const sidesAnswer = z.object({
  requests: z.int().describe('Of which both sides have a price.'),
  shown: moneySchema,
  shadow: moneySchema,
})
const spanAnswer = z.object({ shown_ms: z.number(), shadow_ms: z.number() })

const reportAnswer = z.object({
  route: z.string(),
  shadow: z.string(),
  requests: z.int(),
  compared: z.int(),
  failures: z.record(z.string(), z.int()).describe('How often there was nothing to compare, by code.'),
  agreement: shareAnswer,
  refusal: shareAnswer,
  tools: shareAnswer,
  json: shareAnswer,
  jaccard: z.number().optional().describe('Mean.'),
  cost: sidesAnswer,
  simulated_cost: sidesAnswer.describe('Invented money.'),
  median: spanAnswer.optional(),
  p95: spanAnswer.optional(),
})

const ROUTE_QUERY = { route: z.string().max(1_000).optional().describe('Only of this route.') }
const listQuery = z.strictObject({ ...PAGE_QUERY, ...PERIOD_QUERY, ...ROUTE_QUERY })
const reportQuery = z.strictObject({ ...PERIOD_QUERY, ...ROUTE_QUERY })

/** How the answers of shadows compare: figures only, never what was said. */
export function shadowRoutes(needs: {
  readonly shadows: ShadowStore
  readonly nowMs: () => number
}): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/shadows',
      summary: 'What came of each shadow, newest first.',
      query: listQuery,
      answer: { status: 200, schema: pageSchema(shadowAnswer) },
      async handle({ query }) {
        const { limit, after, route, ...period } = parseQuery(listQuery, query)
        const page = await needs.shadows.list({
          limit,
          ...readPeriod(period, needs.nowMs()),
          ...defined({ after, route }),
        })
        return jsonResponse(pageBody(page.rows.map(toShadowJson), page.next))
      },
    },
    {
      method: 'GET',
      path: '/api/v1/shadows/report',
      summary: 'How the shadows of each route did in a time.',
      query: reportQuery,
      answer: {
        status: 200,
        schema: z.object({ from: z.iso.datetime(), to: z.iso.datetime(), data: z.array(reportAnswer) }),
      },
      async handle({ query }) {
        const { route, ...given } = parseQuery(reportQuery, query)
        const period = readPeriod(given, needs.nowMs())
        const reports = await needs.shadows.report({ ...period, ...defined({ route }) })
        return jsonResponse({
          from: toTimeJson(period.fromMs),
          to: toTimeJson(period.toMs),
          data: reports.map(toShadowReportJson),
        })
      },
    },
  ]
}
