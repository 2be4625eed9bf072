import { z } from 'zod'
import type { CompiledConfig } from '../config/compile.ts'
import type { Plan } from '../gateway/plan.ts'
import { runWhatIf, type WhatIfPlans, type WhatIfScope } from '../insight/run-what-if.ts'
import { unknownRoute } from '../insight/unknown-route.ts'
import { toWhatIfJson } from '../insight/what-if-json.ts'
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Store } from '../store/store.ts'
import { parseBody, type AdminRoute } from './admin-route.ts'
import { draftPlan } from './draft-plan.ts'
import { paceOf } from './pace.ts'
import { OPEN_PERIOD_QUERY, readPeriod } from './period.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { QuestionLine } from './question-line.ts'

export interface WhatIfNeeds {
  readonly store: Pick<Store, 'requests' | 'keys'>
  /** The plan in force. */
  readonly plan: () => Plan
  readonly clock: Clock
}

/** What is asked beside the draft. */
export interface WhatIfAsked {
  readonly last: number
  readonly route?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Says what a draft would have made of the requests in the log; one question at a time, while others wait. Rejects with AdminProblem. */
export type WhatIf = (draft: Plan, asked: WhatIfAsked) => Promise<JsonObject>

const USUAL_LAST = 10_000
const LAST = `a whole number from 1 to ${LIMITS.whatIfRequests}`
const name = z.string().min(1).max(200)

const bodySchema = z.strictObject({
  config: z.string().describe('The text of the changed configuration.'),
  last: z
    .int({ error: LAST })
    .min(1, { error: LAST })
    .max(LIMITS.whatIfRequests, { error: LAST })
    .prefault(USUAL_LAST)
    .describe(`The newest so many requests, at most ${LIMITS.whatIfRequests}.`),
  ...OPEN_PERIOD_QUERY,
  route: name.optional().describe('Those of one route.'),
})

const spend = z.object({
  recorded_usd: z.string(),
  expected_usd: z.string(),
  difference_usd: z.string(),
  difference_percent: z.number().optional(),
})

const kind = { requests: z.int(), example: z.string().describe('Id of a request of the kind.') }

/** What changes for the requests in the log. */
export const whatIfAnswer = z.object({
  requests: z.int(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  asked_by_the_gateway: z.int().describe('Left out.'),
  not_decided: z.int().describe('Left out: nobody was chosen for them.'),
  unknown: z.array(z.object({ what: z.string().describe('What was not recorded.'), ...kind })),
  unchanged: z.int(),
  moved: z.int(),
  moves: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      ...kind,
      share: z.number(),
      cost: spend,
      simulated_cost: spend.optional(),
      unpriced_requests: z.int(),
      first_event_ms_recorded: z.int().optional(),
      first_event_ms_expected: z.int().optional(),
    }),
  ),
  cost: spend.extend({ unpriced_requests: z.int() }),
  simulated_cost: spend.optional(),
  newly_routable: z.int(),
  newly_unroutable: z.array(z.object({ code: z.string(), ...kind, message: z.string() })),
  constraints_broken: z.array(z.object({ by: z.string(), wants: z.string(), target: z.string(), ...kind })),
  examples: z.array(z.string()),
})

/** Opens the desk where such questions are answered. */
export function openWhatIf(needs: WhatIfNeeds): WhatIf {
  const line = new QuestionLine(needs.clock)
  return (draft, { last, route, from = '', to }) =>
    line.answer(() => {
      const period = readPeriod({ from, to }, needs.clock.nowMs())
      const scope = { last, ...period, ...defined({ route }) }
      return answer({ draft, current: needs.plan() }, scope, needs)
    })
}

export interface WhatIfRoutesNeeds {
  /** Compiles another configuration, without putting it in force. */
  readonly compileDraft: (text: string) => CompiledConfig
  readonly whatIf: WhatIf
}

/** What a changed configuration would have made of the requests in the log. */
export function whatIfRoutes({ compileDraft, whatIf }: WhatIfRoutesNeeds): AdminRoute[] {
  return [
    {
      method: 'POST',
      path: '/api/v1/what-if',
      summary: 'What a changed configuration would have made of the requests in the log. Nobody is asked.',
      body: bodySchema,
      maxBodyBytes: LIMITS.explainBodyBytes,
      audit: { subject: 'what-if', tells: ['last'] },
      answer: { status: 200, schema: whatIfAnswer },
      async handle({ body }) {
        const { config, ...asked } = parseBody(bodySchema, body)
        return jsonResponse(await whatIf(draftPlan(compileDraft(config)), asked))
      },
    },
  ]
}

async function answer(
  plans: WhatIfPlans,
  scope: WhatIfScope,
  { store, clock }: WhatIfNeeds,
): Promise<JsonObject> {
  const tally = await runWhatIf(store, plans, { ...scope, pace: paceOf(clock) })
  const unknown = tally.requests === 0 ? unknownRoute(scope.route, plans) : undefined
  if (unknown === undefined) return toWhatIfJson(tally)
  throw new AdminProblem('not-found', { detail: unknown.message, nearest: unknown.nearest })
}
