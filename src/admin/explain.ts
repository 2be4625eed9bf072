import { z } from 'zod'
import type { CompiledConfig } from '../config/compile.ts'
import { Failure } from '../exchange/failure.ts'
import type { Plan } from '../gateway/plan.ts'
import { explanationJson } from '../insight/explanation-json.ts'
import { LIMITS } from '../kit/limits.ts'
import { parseBody, type AdminRoute } from './admin-route.ts'
import { draftPlan } from './draft-plan.ts'
import { answerExplain, explainSchema, type ExplainNeeds } from './explain-question.ts'
import { AdminProblem, jsonResponse } from './problem.ts'

/** What the rest of the house gives for explanations. */
export interface ExplainRoutesNeeds extends Omit<ExplainNeeds, 'plan'> {
  readonly plan: () => Plan
  /** Compiles another configuration, without putting it in force. */
  readonly compileDraft: (text: string) => CompiledConfig
}

const bodySchema = explainSchema.extend({
  config: z
    .string()
    .optional()
    .describe('The text of another configuration, under which it is decided instead; absent: that in force.'),
})

const outcome = z.object({
  step: z.string().optional(),
  target: z.string().optional().describe('Whom it would be sent to first.'),
  reason: z.string().optional(),
  detail: z.string().optional(),
  failure: z.object({ code: z.string(), message: z.string(), status: z.int() }).optional(),
})

const candidate = z.object({
  step: z.enum(['rank', 'filter']),
  target: z.string(),
  place: z.int().optional().describe('From 1, for those that would be asked.'),
  reason: z.string(),
  detail: z.string(),
  why: z.string().describe('The reason in a sentence.'),
  expected_cost_usd: z.string().optional(),
  speaks: z.array(z.string()),
  facts: z.unknown(),
  price: z.string(),
})

/** One thing that would lead elsewhere. */
export const flipAnswer = z.object({ change: z.string().describe('Reads on from "if".'), outcome })

const explainAnswer = z.object({
  model: z.string(),
  operation: z.string(),
  plan: z.string(),
  input_tokens: z.int(),
  key: z.string().optional(),
  dialect: z.string().optional(),
  route: z.string().optional(),
  step: z.string().optional(),
  strategy: z.string().optional(),
  attempts: z.int().optional().describe('At most.'),
  steps: z.unknown().describe('As the record of the decision would hold them.'),
  candidates: z.array(candidate),
  failure: outcome.shape.failure,
  flips: z.array(flipAnswer).describe('What would lead it elsewhere, the nearest first.'),
  outage: z.unknown().optional(),
})

/** What would become of a request. */
export function explainRoutes(needs: ExplainRoutesNeeds): AdminRoute[] {
  return [
    {
      method: 'POST',
      path: '/api/v1/explain',
      summary: 'What would become of a request, why, and what would flip that. Nobody is asked.',
      body: bodySchema,
      changesNothing: true,
      maxBodyBytes: LIMITS.explainBodyBytes,
      answer: { status: 200, schema: explainAnswer },
      async handle({ body }) {
        const { config, ...question } = parseBody(bodySchema, body)
        const plan = config === undefined ? needs.plan() : draftPlan(needs.compileDraft(config))
        try {
          return jsonResponse(explanationJson(await answerExplain(question, { ...needs, plan })))
        } catch (thrown) {
          throw toProblem(thrown)
        }
      },
    },
  ]
}

/** A request that cannot be read is a mistake in the question about it. */
function toProblem(thrown: unknown): unknown {
  if (!(thrown instanceof Failure) || thrown.code === 'internal') return thrown
  const { param } = thrown.details
  return new AdminProblem('invalid-request', {
    detail: 'The request cannot be read.',
    errors: [{ path: param === undefined ? 'request' : `request: ${param}`, message: thrown.message }],
  })
}
