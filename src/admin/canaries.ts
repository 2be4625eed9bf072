import { z } from 'zod'
import type { CanaryBoard, CanaryReport } from '../experiments/canary-board.ts'
import { CANARY_ACTIONS } from '../experiments/canary-state.ts'
import { canariesOf } from '../experiments/canaries-of.ts'
import type { Plan } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import type { Json } from '../kit/json.ts'
import { parseBody, type AdminRoute } from './admin-route.ts'
import { AdminProblem, jsonResponse } from './problem.ts'

const figures = z.object({ requests: z.int(), errors: z.int() })

const canaryAnswer = z.object({
  id: z.string().describe('The route, or `route/step`.'),
  share: z.number().describe('Per cent of the requests.'),
  status: z.string().describe('`ramping`, `held`, `rolled-back` or `complete`.'),
  since: z.iso.datetime(),
  verdict: z.string().optional().describe('Why it was held or rolled back.'),
  canary: figures.describe('Since it has this share, in this process.'),
  rest: figures,
})

const orderSchema = z.strictObject({
  action: z.enum(CANARY_ACTIONS, { error: `one of ${CANARY_ACTIONS.join(', ')}` }),
})

/** How canaries do, and what operators tell them. */
export function canaryRoutes(needs: {
  readonly canaries: CanaryBoard
  readonly plan: () => Plan
}): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/canaries',
      summary: 'The canaries of the plan in force, and how they do.',
      answer: { status: 200, schema: z.object({ data: z.array(canaryAnswer) }) },
      handle: () =>
        jsonResponse({
          data: canariesOf(needs.plan().routes).map((terms) => toJson(needs.canaries.report(terms))),
        }),
    },
    {
      method: 'POST',
      path: '/api/v1/canaries/{id}',
      summary: 'Rolls a canary back, holds it at its share, or lets it go on.',
      body: orderSchema,
      audit: { subject: 'canary', tells: ['action'] },
      answer: { status: 200, schema: canaryAnswer },
      handle({ params: { id = '' }, body }) {
        const { action } = parseBody(orderSchema, body)
        const terms = canariesOf(needs.plan().routes).find((one) => one.id === id)
        if (terms === undefined)
          throw new AdminProblem('not-found', { detail: `There is no canary ${id.slice(0, 100)}.` })
        return jsonResponse(toJson(needs.canaries.steer(terms, action)))
      },
    },
  ]
}

function toJson({ id, share, state, canary, rest }: CanaryReport): Json {
  const { status, sinceMs, verdict } = state
  return {
    id,
    share,
    status,
    since: new Date(sinceMs).toISOString(),
    ...defined({ verdict }),
    canary: { requests: canary.requests, errors: canary.errors },
    rest: { requests: rest.requests, errors: rest.errors },
  }
}
