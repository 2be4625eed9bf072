import { z } from 'zod'
import { requestIdOf } from '../exchange/decision.ts'
import { readDecision } from '../exchange/decision-record.ts'
import type { RequestLogStore } from '../store/store.ts'
import type { AdminRoute } from './admin-route.ts'
import { AdminProblem, jsonResponse } from './problem.ts'

/** Why a target was chosen. */
export function decisionRoutes(needs: { readonly requests: RequestLogStore }): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/decisions/{id}',
      summary: 'The decision of a request, by its own id (dec_…) or that of the request (req_…).',
      answer: {
        status: 200,
        schema: z.object({ request_id: z.string(), decision: z.unknown(), attempts: z.string() }),
      },
      async handle({ params: { id = '' } }) {
        const row = await needs.requests.find(requestIdOf(id))
        const decision = row?.decision === undefined ? undefined : readDecision(row.decision)
        if (row === undefined || decision === undefined) {
          throw new AdminProblem('not-found', {
            detail: `There is no decision ${id.slice(0, 100)} in the log.`,
          })
        }
        return jsonResponse({ request_id: row.id, decision, attempts: row.attempts })
      },
    },
  ]
}
