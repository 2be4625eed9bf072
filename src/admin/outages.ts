import { z } from 'zod'
import type { Plan } from '../gateway/plan.ts'
import { readOutages, type OutageGroup, type Outages } from '../insight/outages.ts'
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { Store } from '../store/store.ts'
import { moneySchema, parseQuery, type AdminRoute } from './admin-route.ts'
import { paceOf } from './pace.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import type { StatusReport } from './status-report.ts'
import { toMoneyJson, toTimeJson } from './to-json.ts'

const USUAL_LAST = '1000'
const LAST = `a whole number from 1 to ${LIMITS.outageRequests}`

const outagesQuery = z.strictObject({
  provider: z.string().min(1).max(200).describe('Which one would go down.'),
  last: z
    .string()
    .regex(/^\d{1,6}$/, { error: LAST })
    .transform(Number)
    .refine((last) => last >= 1 && last <= LIMITS.outageRequests, { error: LAST })
    .prefault(USUAL_LAST)
    .describe(`The newest so many requests, at most ${LIMITS.outageRequests}.`),
})

const groupAnswer = z.object({
  route: z.string(),
  to: z.string().optional().describe('Who would answer once the outage is known; absent: nobody.'),
  requests: z.int(),
  lost_at_first: z
    .int()
    .describe('Of those, how many would fail until it is known: all attempts of theirs go to the provider.'),
  example: z.string().describe('Id of a request of the group.'),
  cost_now: moneySchema.optional().describe('Expected of those whose price is known at both.'),
  cost_then: moneySchema.optional(),
  unpriced: z.int().describe('Requests for which one of both has no price.'),
  simulated: z.boolean(),
  first_event_ms_now: z.int().optional(),
  first_event_ms_then: z.int().optional(),
})

const outagesAnswer = z.object({
  provider: z.string(),
  requests: z.int().describe('Lines of the log that were looked at.'),
  decided: z.int().describe('Of those, how many could be decided on again.'),
  at_provider: z.int().describe('Of those, how many go to the provider.'),
  answered: z.int().describe('Of those, how many somebody else would answer once the outage is known.'),
  unanswered: z.int(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  groups: z.array(groupAnswer).describe('By route and who would answer; those that nobody would first.'),
  others: z.int().describe('Requests of groups that are not told.'),
})

export interface OutageRoutesNeeds {
  readonly store: Pick<Store, 'requests' | 'keys'>
  /** The plan in force. */
  readonly plan: () => Plan
  readonly report: () => StatusReport
  readonly clock: Clock
}

/** What would become of the newest requests if a provider went down now; one question at a time. */
export function outageRoutes(needs: OutageRoutesNeeds): AdminRoute[] {
  let isUnderWay = false
  return [
    {
      method: 'GET',
      path: '/api/v1/outages',
      summary:
        'Who would take over the newest requests if a provider went down now, and what it would cost. Nobody is asked.',
      query: outagesQuery,
      answer: { status: 200, schema: outagesAnswer },
      async handle({ query }) {
        const { provider, last } = parseQuery(outagesQuery, query)
        const names = needs.report().providers.map(({ name }) => name)
        if (!names.includes(provider))
          throw new AdminProblem('not-found', {
            detail: `There is no provider ${provider}.`,
            nearest: nearestNames(provider, names),
          })
        if (isUnderWay)
          throw new AdminProblem('not-now', { detail: 'Another such question is being answered.' })
        isUnderWay = true
        try {
          const scope = { last, fromMs: 0, toMs: needs.clock.nowMs() }
          const asked = { provider, scope, pace: paceOf(needs.clock) }
          return jsonResponse(toOutagesJson(provider, await readOutages(needs.store, needs.plan(), asked)))
        } finally {
          isUnderWay = false
        }
      },
    },
  ]
}

function toOutagesJson(provider: string, outages: Outages): JsonObject {
  const { requests, decided, atProvider, groups, others, firstAtMs, lastAtMs } = outages
  const unanswered = groups.reduce((sum, one) => sum + (one.to === undefined ? one.requests : 0), 0)
  return {
    provider,
    requests,
    decided,
    at_provider: atProvider,
    answered: atProvider - unanswered - others,
    unanswered,
    ...defined({
      from: firstAtMs === undefined ? undefined : toTimeJson(firstAtMs),
      to: lastAtMs === undefined ? undefined : toTimeJson(lastAtMs),
    }),
    groups: groups.map(toGroupJson),
    others,
  }
}

function toGroupJson(group: OutageGroup): JsonObject {
  const { route, to, requests, lostAtFirst, example, unpriced, isSimulated, firstMsNow, firstMsThen } = group
  const isPriced = to !== undefined && unpriced < requests
  return {
    route,
    requests,
    lost_at_first: lostAtFirst,
    example,
    unpriced,
    simulated: isSimulated,
    ...(isPriced && { cost_now: money(group.costNow), cost_then: money(group.costThen) }),
    ...defined({
      to,
      first_event_ms_now: firstMsNow && Math.round(firstMsNow),
      first_event_ms_then: firstMsThen && Math.round(firstMsThen),
    }),
  }
}

function money(nanoUsd: number): JsonObject {
  return { ...toMoneyJson(BigInt(Math.round(nanoUsd))) }
}
