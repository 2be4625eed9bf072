import { z } from 'zod'
import type { JsonObject } from '../kit/json.ts'
import { readDecision } from '../exchange/decision-record.ts'
import { defined } from '../kit/defined.ts'
import type { LedgerStore, RequestLogStore, RequestRow } from '../store/store.ts'
import { PAGE_QUERY, moneySchema, pageBody, pageSchema, parseQuery, type AdminRoute } from './admin-route.ts'
import { OWNERS_QUERY, OWNERS_SHAPE } from './owners-json.ts'
import { partialBody, PARTIAL_SHAPE, QUERY, readFilter } from './request-filter.ts'
import { OPEN_PERIOD_QUERY } from './period.ts'
import { jsonResponse } from './problem.ts'
import { toAttemptJson, toRequestJson } from './to-json.ts'
import { COUNTS_SHAPE } from './units-json.ts'

const costAnswer = z.union([moneySchema, z.literal('unpriced')])

/** A line of the request log. */
export const requestAnswer = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  dialect: z.string(),
  operation: z.string(),
  stream: z.boolean(),
  requested_model: z.string(),
  route: z.string().optional(),
  target: z.string().optional(),
  ...OWNERS_SHAPE,
  key_name: z.string().optional(),
  outcome: z.string().describe('`ok`, `client-gone` or the code of a failure.'),
  status: z.int(),
  duration_ms: z.number(),
  first_event_ms: z.number().optional(),
  upstream_ms: z.number(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  cost: costAnswer,
  saved: moneySchema
    .optional()
    .describe(
      'What the answer had cost that was given again, where `cache` says so; else how much less it cost than the last rung would have, below zero where it cost more, where answers were looked at.',
    ),
  cache: z
    .string()
    .optional()
    .describe('What came of it at the cache: `hit`, `stale`, `coalesced`, `miss`, `refresh`, `bypass`.'),
  estimated: z.boolean().describe('True when usage and cost are not, or not all, what providers reported.'),
  simulated: z.boolean(),
  attempts: z.string(),
  notices: z.string(),
  decision_id: z.string().optional(),
  plan: z.string(),
  purpose: z
    .string()
    .optional()
    .describe('Why the gateway asked this of its own accord; absent where a client asked.'),
  parent_id: z.string().optional().describe('The request on whose behalf the gateway asked.'),
})

/** An attempt as the ledger has it. */
export const attemptAnswer = z.object({
  id: z.string(),
  ordinal: z.int(),
  begun_for: z
    .string()
    .optional()
    .describe(
      'Why it was begun: `first`, `retry`, `fallback`, `hedge`, `race`, `rung` or `continue`. Absent for the first where no answers are looked at, and in rows of 0.1.0.',
    ),
  rung: z
    .int()
    .optional()
    .describe('One more than the answers that were dropped before it, where answers are looked at.'),
  at: z.iso.datetime(),
  target: z.string(),
  outcome: z.string(),
  status: z.int().optional(),
  duration_ms: z.number(),
  ...COUNTS_SHAPE,
  basis: z
    .string()
    .describe(
      'What the usage is founded on: `reported`, `reported-partial`, `counted`, `timed`, `crash-estimate` or `none`; `estimated` in rows of 0.1.0.',
    ),
  anomalies: z.array(z.string()).optional().describe('What cannot be true in the report of the provider.'),
  served_tiers: z
    .array(z.string())
    .optional()
    .describe('How it was served where that was not the usual way, in the words of the provider.'),
  cost: costAnswer,
  charged: moneySchema
    .optional()
    .describe('What budgets are charged instead of the cost: the most that the bill may come to.'),
  price_id: z.string().optional().describe('The price that it was worked out by.'),
  simulated: z.boolean(),
  purpose: z.string().optional().describe('Why the gateway asked it of its own accord.'),
})

const listQuery = z.strictObject({
  ...PAGE_QUERY,
  ...OWNERS_QUERY,
  outcome: z.string().max(100).optional().describe('Only with this outcome.'),
  q: QUERY,
  ...OPEN_PERIOD_QUERY,
})

export interface RequestRoutesNeeds {
  readonly requests: Pick<RequestLogStore, 'list'>
  readonly nowMs: () => number
}

/** The request log: metadata only, never content. */
export function requestRoutes({ requests, nowMs }: RequestRoutesNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/requests',
      summary: 'Requests, newest first.',
      query: listQuery,
      answer: { status: 200, schema: pageSchema(requestAnswer).extend(PARTIAL_SHAPE) },
      async handle({ query }) {
        const { limit, after, q, from, to, ...fields } = parseQuery(listQuery, query)
        const filter = readFilter({ q, from, to, fields, isList: true }, nowMs())
        const page = await requests.list({ limit, ...defined({ after }), ...filter })
        return jsonResponse({
          ...pageBody(page.rows.map(toRequestJson), page.next),
          ...partialBody(page.lookedAt),
        })
      },
    },
  ]
}

/** A request with everything that is kept of it. */
export async function requestDetail(row: RequestRow, ledger: LedgerStore): Promise<JsonObject> {
  const attempts = await ledger.list({ limit: 50, requestId: row.id })
  return {
    ...toRequestJson(row),
    attempt_rows: attempts.rows.toSorted((left, right) => left.ordinal - right.ordinal).map(toAttemptJson),
    decision: row.decision === undefined ? null : (readDecision(row.decision) ?? null),
  }
}
