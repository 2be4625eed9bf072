import { z } from 'zod'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import type { FeedbackRow, FeedbackStore } from '../store/feedback.ts'
import { PAGE_QUERY, pageSchema, parseBody, parseQuery, type AdminRoute } from './admin-route.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { toTimeJson } from './to-json.ts'

const BELOW = 'a number from -1 to 1'
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
  labels: z.array(z.string()).optional().describe('All of them, where an application gave several.'),
  comment: z.string().optional(),
  by: z.string().optional(),
  key_id: z.string().optional().describe('The key that gave it; absent: an operator did.'),
})

const listedAnswer = feedbackAnswer.extend({ request_id: z.string() })

const listQuery = z.strictObject({
  ...PAGE_QUERY,
  below: z
    .string()
    .regex(/^-?(0(\.\d{1,6})?|1(\.0{1,6})?)$/, { error: BELOW })
    .transform(Number)
    .optional()
    .describe('Only scores below.'),
})

/** Feedback as it is answered. */
export function toFeedbackJson({ atMs, score, label, labels, comment, by, keyId }: FeedbackRow): JsonObject {
  return { at: toTimeJson(atMs), score, ...defined({ label, labels, comment, by, key_id: keyId }) }
}

/** What people think of answers, by the id of the request. */
export function feedbackRoutes(needs: {
  readonly feedback: FeedbackStore
  readonly nowMs: () => number
}): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/feedback',
      summary: 'What people think of answers, newest first.',
      query: listQuery,
      answer: { status: 200, schema: pageSchema(listedAnswer) },
      async handle({ query }) {
        const { limit, after, below } = parseQuery(listQuery, query)
        const { rows, next } = await needs.feedback.list({ limit, ...defined({ after, below }) })
        return jsonResponse({
          data: rows.map((row) => ({ request_id: row.requestId, ...toFeedbackJson(row) })),
          has_more: next !== undefined,
          ...defined({ next }),
        })
      },
    },
    {
      method: 'POST',
      path: '/api/v1/requests/{id}/feedback',
      summary: 'Says what somebody thought of an answer. It is shown with the request, and goes with it.',
      body: feedbackBody,
      audit: { subject: 'request', tells: ['score', 'label', 'by'] },
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
