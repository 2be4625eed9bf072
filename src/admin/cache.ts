import { z } from 'zod'
import { numbersIn } from './audit-terms.ts'
import { routeNamed, type Plan } from '../gateway/plan.ts'
import { cacheFigures, wasAsked, type CacheFigures } from '../insight/cache-figures.ts'
import { cutIntoSteps } from '../insight/series-steps.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import type { AnswerCache, AnswerFilter, AnswerReport } from '../store/answer-cache.ts'
import type { SeriesStore } from '../store/series.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { PAGE_QUERY, parseBody, parseQuery, type AdminRoute } from './admin-route.ts'
import {
  answerJson,
  answerSchema,
  FIGURES_SHAPE,
  figuresJson,
  TOTALS_SHAPE,
  totalsJson,
} from './cache-json.ts'
import { PERIOD_QUERY, readPeriod } from './period.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { toTimeJson } from './to-json.ts'

const name = z.string().min(1).max(1_000).optional()
const FILTER = {
  key: name.describe('The answer to one question, by its digest.'),
  owner: name.describe(
    'Those that are kept for an owner, and those that its requests were given first: `team:support`, `customer:c-42`, or `shared`.',
  ),
  request: name.describe('The one that a request was given first, by its id.'),
  route: name.describe('Those of a route.'),
  model: name.describe('Those that a model gave.'),
  tag: name.describe('Those with a tag.'),
}

const cacheQuery = z.strictObject({
  ...PERIOD_QUERY,
  from: PERIOD_QUERY.from.unwrap().default('24h'),
  ...FILTER,
  limit: PAGE_QUERY.limit,
})

const cacheAnswer = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  disk: z.boolean().describe('Are answers kept when the gateway stops?'),
  ...TOTALS_SHAPE,
  figures: z.object(FIGURES_SHAPE).describe('What the cache did in the time.'),
  routes: z
    .array(
      z.object({
        route: z.string(),
        keeps: z.boolean().describe('Does the route keep answers now?'),
        ...TOTALS_SHAPE,
        ...FIGURES_SHAPE,
      }),
    )
    .describe(`Routes that keep answers or did, those that saved most first, ${LIMITS.cacheRoutes} at most.`),
  data: z
    .array(answerSchema)
    .describe('Answers without what they say, those that were found most often first.'),
})

const purgeBody = z.strictObject({
  ...FILTER,
  all: z.literal(true, { error: 'true' }).optional().describe('All of them, where nothing else is said.'),
})

const purgeAnswer = z.object({
  removed: z.int().describe('Answers that went.'),
  bytes: z.int().describe('What they took, about.'),
})

export interface CacheRoutesNeeds {
  readonly cached: Pick<AnswerCache, 'purge' | 'report'>
  readonly answersOnDisk: boolean
  readonly series: SeriesStore
  readonly plan: () => Plan
  readonly nowMs: () => number
  /** Who removes answers leaves a line. */
  readonly log: Telemetry['log']
}

/** What the cache of answers holds and did, and how it is emptied. */
export function cacheRoutes(needs: CacheRoutesNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/cache',
      summary: 'What the cache of answers holds, without what they say, and what it did in a time, by route.',
      query: cacheQuery,
      answer: { status: 200, schema: cacheAnswer },
      handle: ({ query }) => tellCache(parseQuery(cacheQuery, query), needs),
    },
    {
      method: 'POST',
      path: '/api/v1/cache/purge',
      summary: 'Removes the answers for which all that is said holds. They are not given again from then on.',
      body: purgeBody,
      audit: { subject: 'cache', tells: [...Object.keys(FILTER), 'all'], cameOf: numbersIn(['removed']) },
      answer: { status: 200, schema: purgeAnswer },
      async handle({ body }) {
        const { all = false, ...given } = parseBody(purgeBody, body)
        const which: AnswerFilter = defined(given)
        // Removing all needs to be meant, and not because a name was forgotten.
        if (all === Object.keys(which).length > 0)
          throw new AdminProblem('invalid-request', {
            detail: `Say which: one or more of ${Object.keys(FILTER).join(', ')}, or all by itself.`,
          })
        const { entries, bytes } = await needs.cached.purge(which)
        needs.log('info', 'kept answers were removed', { ...which, all, removed: entries })
        return jsonResponse({ removed: entries, bytes })
      },
    },
  ]
}

async function tellCache(
  { from, to, limit, ...given }: z.output<typeof cacheQuery>,
  { cached, answersOnDisk, series, plan, nowMs }: CacheRoutesNeeds,
): Promise<Response> {
  const now = nowMs()
  const steps = cutIntoSteps(readPeriod({ from, to }, now), undefined, now)
  if ('problem' in steps)
    throw new AdminProblem('invalid-request', {
      detail: 'The query has mistakes.',
      errors: [{ path: 'from', message: steps.problem, hint: steps.hint }],
    })
  const question = { ...steps, filter: {}, names: LIMITS.cacheRoutes, attempts: false, times: false }
  const [all, byRoute, report] = await Promise.all([
    series.read(question),
    series.read({ ...question, by: 'route' }),
    cached.report({ nowMs: now, limit, ...defined(given) }),
  ])
  const figures = new Map(byRoute.series.map((one) => [one.name, cacheFigures([one])]))
  return jsonResponse({
    from: toTimeJson(steps.fromMs),
    to: toTimeJson(steps.toMs),
    disk: answersOnDisk,
    ...totalsJson(report.totals),
    figures: figuresJson(cacheFigures(all.series)),
    routes: routesJson(plan(), figures, report),
    data: report.answers.map(answerJson),
  })
}

function routesJson(
  plan: Plan,
  figures: ReadonlyMap<string, CacheFigures>,
  { routes }: AnswerReport,
): readonly JsonObject[] {
  const kept = new Map(routes.map((one) => [one.route, one]))
  const keeping = [...plan.routes.values()].filter(({ cache }) => cache !== undefined).map((one) => one.name)
  const asked = [...figures].filter(([, one]) => wasAsked(one)).map(([route]) => route)
  return [...new Set([...keeping, ...kept.keys(), ...asked])]
    .map((route) => ({ route, did: figures.get(route) ?? cacheFigures([]) }))
    .sort(
      (one, other) => Number(other.did.savedNanoUsd - one.did.savedNanoUsd) || other.did.hits - one.did.hits,
    )
    .slice(0, LIMITS.cacheRoutes)
    .map(({ route, did }) => ({
      route,
      keeps: routeNamed(plan, route)?.cache !== undefined,
      ...totalsJson(kept.get(route) ?? { entries: 0, bytes: 0 }),
      ...figuresJson(did),
    }))
}
