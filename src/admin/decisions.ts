import { z } from 'zod'
import type { Plan } from '../gateway/plan.ts'
import { replayRecord, type Replayed } from '../insight/replay-record.ts'
import { defined } from '../kit/defined.ts'
import { parseJson, type JsonObject } from '../kit/json.ts'
import { requestIdOf } from '../exchange/decision.ts'
import { readDecision } from '../exchange/decision-record.ts'
import type { RequestLogStore } from '../store/store.ts'
import { parseQuery, type AdminRoute } from './admin-route.ts'
import { AdminProblem, jsonResponse } from './problem.ts'

const decisionQuery = z.strictObject({
  replay: z
    .enum(['', 'true'], { error: 'nothing, or true' })
    .optional()
    .describe('Makes the choice again, under the plan in force.'),
})

/** A choice that was made again. */
export const replayAnswer = z.object({
  same: z.boolean().optional(),
  same_plan: z.boolean().optional(),
  made: z.unknown().optional().describe('The steps that it is made by now.'),
  impossible: z.string().optional().describe('Why it cannot be made again.'),
})

/** The same, of what came of it. */
export function replayJson(replayed: Replayed): JsonObject {
  if ('impossible' in replayed) return { impossible: replayed.impossible }
  const { isSame, isSamePlan, made } = replayed
  return { same: isSame, same_plan: isSamePlan, made: parseJson(made) }
}

/** Why a target was chosen. */
export function decisionRoutes(needs: {
  readonly requests: RequestLogStore
  readonly plan: () => Plan
}): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/decisions/{id}',
      summary: 'The decision of a request, by its own id (dec_…) or that of the request (req_…).',
      query: decisionQuery,
      answer: {
        status: 200,
        schema: z.object({
          request_id: z.string(),
          decision: z.unknown(),
          attempts: z.string(),
          replay: replayAnswer.optional(),
        }),
      },
      async handle({ params: { id = '' }, query }) {
        const { replay: isReplayed } = parseQuery(decisionQuery, query)
        const row = await needs.requests.find(requestIdOf(id))
        const decision = row?.decision === undefined ? undefined : readDecision(row.decision)
        if (row === undefined || decision === undefined) {
          throw new AdminProblem('not-found', {
            detail: `There is no decision ${id.slice(0, 100)} in the log.`,
          })
        }
        const replay =
          isReplayed === undefined ? undefined : replayJson(replayRecord(row, decision, needs.plan()))
        return jsonResponse({ request_id: row.id, decision, attempts: row.attempts, ...defined({ replay }) })
      },
    },
  ]
}
