import { z } from 'zod'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import type { FeedbackRow, FeedbackStore } from '../store/feedback.ts'
import { parseBody, type AdminRoute } from './admin-route.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { toTimeJson } from './to-json.ts'

const SCORE = 'a number from -1 to 1, or "up" or "down"'

const feedbackBody = z.strictObject({
  score: z
    .union([z.number().min(-1).max(1), z.enum(['up', 'down'])], { error: SCORE })
    .describe('From -1, useless, to 1; `up` is 1 and `down` is -1.'),
  label: z.string().min(1).max(100).optional().describe('A word to count by, such as `wrong-tone`.'),
  comment: z.string().min(1).max(2_000).optional(),
  by: z.string().min(1).max(200).optional().describe('Who says so.'),
})

/** What somebody thought of an answer. */
export const feedbackAnswer = z.object({
  at: z.iso.datetime(),
  score: z.number(),
  label: z.string().optional(),
  comment: z.string().optional(),
  by: z.string().optional(),
})

/** Feedback as it is answered. */
export function toFeedbackJson({ atMs, score, label, comment, by }: FeedbackRow): JsonObject {
  return { at: toTimeJson(atMs), score, ...defined({ label, comment, by }) }
}

/** What people think of answers, by the id of the request. */
export function feedbackRoutes(needs: {
  readonly feedback: FeedbackStore
  readonly nowMs: () => number
}): AdminRoute[] {
  return [
    {
      method: 'POST',
      path: '/api/v1/requests/{id}/feedback',
      summary: 'Says what somebody thought of an answer. It is shown with the request, and goes with it.',
      body: feedbackBody,
      answer: { status: 201, schema: feedbackAnswer },
      async handle({ params: { id = '' }, body }) {
        const { score, ...said } = parseBody(feedbackBody, body)
        const row: FeedbackRow = {
          requestId: id,
          atMs: needs.nowMs(),
          score: toNumber(score),
          ...defined(said),
        }
        const added = await needs.feedback.add(row)
        if (added === 'unknown')
          throw new AdminProblem('not-found', {
            detail: `There is no request ${id.slice(0, 100)} in the log.`,
          })
        if (added === 'full')
          throw new AdminProblem('too-much', {
            detail: `A request takes feedback ${LIMITS.requestFeedback} times.`,
          })
        return jsonResponse(toFeedbackJson(row), 201)
      },
    },
  ]
}

function toNumber(score: number | 'up' | 'down'): number {
  if (typeof score === 'number') return score
  return score === 'up' ? 1 : -1
}
