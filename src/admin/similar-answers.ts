import { z } from 'zod'
import type { SimilarBoard } from '../caching/semantic/similar-board.ts'
import type { SimilarEntries } from '../caching/semantic/similar-entries.ts'
import { similarPlaces, type SimilarPlace } from '../caching/semantic/similar-places.ts'
import type { Plan } from '../gateway/plan.ts'
import type { Json } from '../kit/json.ts'
import { parseBody, type AdminRoute } from './admin-route.ts'
import { AdminProblem, jsonResponse } from './problem.ts'

const similarAnswer = z.object({
  id: z.string().describe('The route, or `route/step`.'),
  status: z
    .enum(['learning', 'on', 'off'])
    .describe(
      '`learning`: none is given, as it is not shown yet, or not any more, that they may be; `on`: it was shown that they may be; `off`: audits have refuted that no more than `epsilon` is wrong.',
    ),
  epsilon: z.number().describe('The share of wrong answers that may be, 0 to 1.'),
  compared: z
    .int()
    .describe('Answers that were given, or would have been, and held against what the model says.'),
  compared_wrong: z.int().describe('Of these.'),
  audits: z.int().describe('Answers that were given and held against what the model says.'),
  wrong: z.int().describe('Of these.'),
  false_hit_rate: z.number().describe('The share of these, 0 to 1.'),
  low: z.number().describe('Between this and `high` lies the share of all answers that were given, at 95 %.'),
  high: z.number(),
})

const orderSchema = z.strictObject({
  action: z
    .enum(['forget'], { error: 'forget' })
    .describe('Forgets what was learned, so that it has to be earned anew.'),
})

export interface SimilarNeeds {
  readonly similar: {
    readonly board: SimilarBoard
    readonly entries: Pick<SimilarEntries, 'forget' | 'learned'>
  }
  readonly plan: () => Plan
}

/** Where similar answers are given, what audits found of them, and how they are turned on again. */
export function similarRoutes({ similar, plan }: SimilarNeeds): AdminRoute[] {
  const { board, entries } = similar
  return [
    {
      method: 'GET',
      path: '/api/v1/similar-answers',
      summary: 'Routes that give the answers to similar questions, and how many of these were wrong.',
      answer: { status: 200, schema: z.object({ data: z.array(similarAnswer) }) },
      handle: () =>
        jsonResponse({ data: similarPlaces(plan().routes).map((place) => toJson(similar, place)) }),
    },
    {
      method: 'POST',
      path: '/api/v1/similar-answers/{id}',
      summary: 'Forgets what was learned of a route, so that one that was turned off has to be earned anew.',
      body: orderSchema,
      audit: { subject: 'similar-answers', tells: ['action'] },
      answer: { status: 200, schema: similarAnswer },
      handle({ params: { id = '' }, body }) {
        parseBody(orderSchema, body)
        const place = similarPlaces(plan().routes).find((one) => one.id === id)
        if (place === undefined)
          throw new AdminProblem('not-found', {
            detail: `No route ${id.slice(0, 100)} gives similar answers.`,
          })
        board.forget(place.id, place.terms)
        entries.forget(place.id)
        return jsonResponse(toJson(similar, place))
      },
    },
  ]
}

function toJson({ board, entries }: SimilarNeeds['similar'], place: SimilarPlace): Json {
  const { id, terms } = place
  const audits = board.of(id, terms)
  const { isEarned, right, wrong } = entries.learned(place)
  const { low, high } = audits?.interval ?? { low: 0, high: 1 }
  return {
    id,
    status: audits === undefined || audits.isRefuted ? 'off' : isEarned ? 'on' : 'learning',
    epsilon: terms.epsilon,
    compared: right + wrong,
    compared_wrong: wrong,
    audits: audits?.audits ?? 0,
    wrong: audits?.found.wrong ?? 0,
    false_hit_rate: audits?.rate ?? 0,
    low,
    high,
  }
}
