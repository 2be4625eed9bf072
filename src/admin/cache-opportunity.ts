import { z } from 'zod'
import { CACHE_SCOPES, DEFAULT_CACHE } from '../exchange/cache.ts'
import type { Plan } from '../gateway/plan.ts'
import { CACHE_ADVICE } from '../insight/cache-advice.ts'
import type { RouteOpportunity, WouldSave } from '../insight/opportunity-tally.ts'
import { readOpportunity, type Opportunity } from '../insight/read-opportunity.ts'
import { unknownRoute } from '../insight/unknown-route.ts'
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import { formatDuration, parseDuration } from '../kit/duration.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Store } from '../store/store.ts'
import { moneySchema, parseQuery, type AdminRoute } from './admin-route.ts'
import { paceOf } from './pace.ts'
import { PERIOD_QUERY, readPeriod } from './period.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { QuestionLine } from './question-line.ts'
import { present, toMoneyJson, toTimeJson } from './to-json.ts'

const DURATION = 'a duration such as 10m or 24h'
const LAST = `a whole number from 1 to ${LIMITS.opportunityRequests}`

const opportunityQuery = z.strictObject({
  ...PERIOD_QUERY,
  route: z.string().min(1).max(200).optional().describe('Those of one route.'),
  ttl: z
    .string()
    .max(20)
    .refine((text) => (parseDuration(text) ?? 0) > 0, { error: DURATION })
    .default(formatDuration(DEFAULT_CACHE.ttlMs))
    .describe('How long an answer would be given again.'),
  scope: z.enum(CACHE_SCOPES).default(DEFAULT_CACHE.scope).describe('Who would share answers.'),
  last: z.coerce
    .number({ error: LAST })
    .int({ error: LAST })
    .min(1, { error: LAST })
    .max(LIMITS.opportunityRequests, { error: LAST })
    .default(LIMITS.opportunityRequests)
    .describe(`The newest so many requests, ${LAST}.`),
})

const wouldSave = z.object({
  requests: z.int(),
  saved: moneySchema,
  simulated_saved: moneySchema.describe('The same in invented money.'),
  tokens: z.int(),
})

const routeOpportunity = z.object({
  route: z.string(),
  requests: z.int().describe('Whose content was looked at.'),
  redacted: z
    .int()
    .describe('Of them, kept with marks in the place of values, so that more of them look the same.'),
  cost: moneySchema.describe('What all of them cost, invented money with real.'),
  exact: wouldSave.describe('Asked before in the same words: `cache: true` would answer them.'),
  sampled: wouldSave.describe('The same where chance has a say: `sampled: true` would answer them as well.'),
  similar: wouldSave.describe(
    'Asked before in other words, at most: `semantic` would answer them where audits had earned it.',
  ),
  unfit: z.record(z.string(), z.int()).describe('Requests whose answers are never given again, by why.'),
  never_similar: z
    .record(z.string(), z.int())
    .describe('Of the others those that are only compared as they are, by why.'),
  advice: z
    .enum(CACHE_ADVICE)
    .describe('What is to be done; `not`: a cache would be wrong or of no use here, for `reason`.'),
  reason: z.string().optional(),
  share: z.number().optional().describe('Of what share of the requests the reason holds, 0 to 1.'),
})

/** What a cache would have saved. */
const opportunityAnswer = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  ttl_ms: z.int(),
  scope: z.enum(CACHE_SCOPES),
  requests: z.int().describe('Whose content is kept, and was looked at.'),
  partial: z.boolean().describe('True where there were more of the time.'),
  data: z.array(routeOpportunity).describe('By route, most to save first.'),
})

/** What `opportunityRoutes` needs. */
export interface OpportunityNeeds {
  readonly requests: Store['requests']
  readonly plan: () => Plan
  readonly clock: Clock
}

/** What caches would have saved, of requests whose content is kept. */
export function opportunityRoutes({ requests, plan, clock }: OpportunityNeeds): AdminRoute[] {
  const line = new QuestionLine(clock)
  return [
    {
      method: 'GET',
      path: '/api/v1/cache/opportunity',
      summary: 'What a cache would have saved by route, told from content that is kept. Nobody is asked.',
      query: opportunityQuery,
      answer: { status: 200, schema: opportunityAnswer },
      handle: ({ query }) => {
        const { ttl, scope, last, route, ...time } = parseQuery(opportunityQuery, query)
        const period = readPeriod(time, clock.nowMs())
        const terms = { ttlMs: parseDuration(ttl) ?? DEFAULT_CACHE.ttlMs, scope }
        return line.answer(async () => {
          const asked = { ...period, last, ...defined({ route }) }
          const found = await readOpportunity({ requests }, asked, { terms, pace: paceOf(clock) })
          // A name of the past may have content: only where there is none was something else meant.
          const unknown = found.requests === 0 ? unknownRoute(route, { draft: plan() }) : undefined
          if (unknown !== undefined)
            throw new AdminProblem('not-found', { detail: unknown.message, nearest: unknown.nearest })
          return jsonResponse(toOpportunityJson(found, { ...period, ...terms }))
        })
      },
    },
  ]
}

interface Asked {
  readonly fromMs: number
  readonly toMs: number
  readonly ttlMs: number
  readonly scope: string
}

/** The answer, for machines. */
export function toOpportunityJson(found: Opportunity, { fromMs, toMs, ttlMs, scope }: Asked): JsonObject {
  return {
    from: toTimeJson(fromMs),
    to: toTimeJson(toMs),
    ttl_ms: ttlMs,
    scope,
    requests: found.requests,
    partial: found.isPartial,
    data: found.routes.map(toRouteJson),
  }
}

function toRouteJson({
  route,
  requests,
  redacted,
  costNanoUsd,
  exact,
  sampled,
  similar,
  unfit,
  neverSimilar,
  advice: { word, reason, share },
}: RouteOpportunity): JsonObject {
  return present({
    route,
    requests,
    redacted,
    cost: toMoneyJson(costNanoUsd),
    exact: toSavingJson(exact),
    sampled: toSavingJson(sampled),
    similar: toSavingJson(similar),
    unfit: { ...unfit },
    never_similar: { ...neverSimilar },
    advice: word,
    reason,
    share,
  })
}

function toSavingJson({ requests, savedNanoUsd, simulatedSavedNanoUsd, tokens }: WouldSave): JsonObject {
  return {
    requests,
    saved: toMoneyJson(savedNanoUsd),
    simulated_saved: toMoneyJson(simulatedSavedNanoUsd),
    tokens,
  }
}
