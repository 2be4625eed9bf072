import { z } from 'zod'
import { readSessions, type SessionRun } from '../insight/session-runs.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import type { RequestLogStore } from '../store/store.ts'
import { moneySchema, parseQuery, PAGE_QUERY, type AdminRoute } from './admin-route.ts'
import { PERIOD_QUERY, readPeriod } from './period.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { partialBody, PARTIAL_SHAPE } from './request-filter.ts'
import { requestAnswer } from './requests.ts'
import { toMoneyJson, toRequestJson, toTimeJson } from './to-json.ts'

const sessionAnswer = z.object({
  id: z.string().describe('The session as the client named it.'),
  requests: z.int(),
  first_at: z.iso.datetime(),
  last_at: z.iso.datetime(),
  targets: z.array(z.string()).describe(`Those that answered, ${LIMITS.sessionTargets} at most.`),
  more_targets: z.int().describe('How many there are besides.'),
  failed: z.int().describe('Requests that were not answered well, without those that the client left.'),
  input_tokens: z.int(),
  output_tokens: z.int(),
  cost: moneySchema.describe('Real money, reported and estimated.'),
  simulated: moneySchema,
  estimated: z.boolean().describe('Some of it is an estimate.'),
  unpriced: z.int().describe('Requests that used something and have no known price.'),
})

const listQuery = z.strictObject({
  limit: PAGE_QUERY.limit,
  ...PERIOD_QUERY,
  from: PERIOD_QUERY.from.unwrap().default('24h'),
})
const oneQuery = z.strictObject({
  id: z
    .string()
    .optional()
    .describe('In place of that of the path, which cannot hold every one: `.` and `..` lead elsewhere.'),
})

const listAnswer = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  data: z.array(sessionAnswer),
  has_more: z.boolean(),
  ...PARTIAL_SHAPE,
})

export interface SessionRoutesNeeds {
  readonly requests: Pick<RequestLogStore, 'list'>
  readonly nowMs: () => number
}

/** What runs of agents, conversations and users did and cost, by the session that their requests name. */
export function sessionRoutes({ requests, nowMs }: SessionRoutesNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/sessions',
      summary: `Sessions of a time, the one that asked last first, out of the newest ${LIMITS.sessionRows} requests that name one.`,
      query: listQuery,
      answer: { status: 200, schema: listAnswer },
      async handle({ query }) {
        const { limit, ...time } = parseQuery(listQuery, query)
        const period = readPeriod(time, nowMs())
        const { runs, lookedAt } = await readSessions(requests, period)
        return jsonResponse({
          from: toTimeJson(period.fromMs),
          to: toTimeJson(period.toMs),
          data: runs.slice(0, limit).map(toSessionJson),
          has_more: runs.length > limit,
          ...partialBody(lookedAt),
        })
      },
    },
    {
      method: 'GET',
      path: '/api/v1/sessions/{id}',
      summary: `One session with its requests in their order, the newest ${LIMITS.sessionRows} of them.`,
      query: oneQuery,
      answer: {
        status: 200,
        schema: sessionAnswer.extend({ request_rows: z.array(requestAnswer), ...PARTIAL_SHAPE }),
      },
      async handle({ params, query }) {
        const { id = params['id'] ?? '' } = parseQuery(oneQuery, query)
        const { runs, lookedAt } = id === '' ? { runs: [] } : await readSessions(requests, { id })
        const [run] = runs
        if (run === undefined) throw unknownSession(id)
        return jsonResponse({
          ...toSessionJson(run),
          request_rows: run.rows.toReversed().map(toRequestJson),
          ...partialBody(lookedAt),
        })
      },
    },
  ]
}

function toSessionJson(run: SessionRun): JsonObject {
  return {
    id: run.id,
    requests: run.rows.length,
    first_at: toTimeJson(run.firstMs),
    last_at: toTimeJson(run.lastMs),
    targets: run.targets.slice(0, LIMITS.sessionTargets),
    more_targets: Math.max(0, run.targets.length - LIMITS.sessionTargets),
    failed: run.failed,
    input_tokens: run.inputTokens,
    output_tokens: run.outputTokens,
    cost: toMoneyJson(run.costNanoUsd),
    simulated: toMoneyJson(run.simulatedNanoUsd),
    estimated: run.isEstimated,
    unpriced: run.unpriced,
  }
}

function unknownSession(id: string): AdminProblem {
  return new AdminProblem('not-found', {
    detail: `No request in the log names the session ${id.slice(0, 100)}. Clients name one in x-gatehouse-session.`,
  })
}
