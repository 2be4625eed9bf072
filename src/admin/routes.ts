import { z } from 'zod'
import type { Route } from '../exchange/route.ts'
import type { Plan } from '../gateway/plan.ts'
import { filterOf } from '../insight/read-query.ts'
import { readFigures } from '../insight/route-figures.ts'
import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { SeriesStore } from '../store/series.ts'
import { parseQuery, type AdminRoute } from './admin-route.ts'
import { ORIGINS } from './config-listing.ts'
import { PERIOD_QUERY, readPeriod, type Period } from './period.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import type { ReleaseDesk } from './release-desk.ts'
import { factsOf, originOf, originsOf, spanOf, toFiguresJson, waysOf, writtenAs } from './routes-json.ts'

const money = z.object({ usd: z.string(), nano_usd: z.string() })

const figuresAnswer = z.object({
  requests: z.int().describe('Requests of clients that are over.'),
  failed: z.int().describe('Those that the gateway or a provider failed.'),
  attempts: z.int(),
  fallbacks: z.int().describe('Attempts that were begun because another target had failed.'),
  cost: money.describe('Real money, reported and estimated.'),
  estimated: z.boolean().describe('Some of it is an estimate.'),
  simulated: money,
  duration_p95_ms: z.number().optional().describe('Absent: nothing is known.'),
})

const routeFacts = {
  name: z.string(),
  origin: z
    .enum(ORIGINS)
    .optional()
    .describe('Where it is written: `managed` can be changed here. Absent: it follows from other settings.'),
  strategy: z.string().describe('How the targets are put in order; of the last step, where it has steps.'),
  takes: z
    .string()
    .optional()
    .describe('The condition by which it takes requests whatever name they ask for.'),
  targets: z.array(z.string()).describe('Everybody whom it may ask, fallbacks behind the others.'),
}

const listAnswer = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  data: z.array(
    z.object({
      ...routeFacts,
      steps: z.array(z.string()).describe('Names of its steps.'),
      ...figuresAnswer.shape,
    }),
  ),
  has_more: z.boolean().describe(`True where there are more than ${LIMITS.routesListed}.`),
})

const entryAnswer = z.object({ target: z.string(), weight: z.number(), simulated: z.boolean() })

const wayAnswer = z.object({
  step: z.string().optional(),
  when: z.string().optional().describe('Absent: otherwise.'),
  refuses: z.string().optional().describe('What the client is told; nobody is asked.'),
  strategy: z.string(),
  weighted: z.boolean().describe('True where weights count.'),
  only: z.array(z.string()).describe('What every target must fulfil.'),
  targets: z.array(entryAnswer),
  fallback: z.array(entryAnswer),
  attempts: z.int(),
  deadline_ms: z.number(),
})

const routeAnswer = z.object({
  ...routeFacts,
  yaml: z
    .string()
    .optional()
    .describe('As it is written, secrets hidden. Absent: it is not written anywhere.'),
  path: z.string().optional(),
  line: z.int().optional().describe('In the document that it comes from.'),
  version: z.int().optional().describe('The version of the configuration in force.'),
  ways: z.array(wayAnswer).describe('Its steps, or the one way that it has.'),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  figures: figuresAnswer,
  answered_by: z.array(z.object({ target: z.string(), ...figuresAnswer.shape })),
})

const timeQuery = z.strictObject({ ...PERIOD_QUERY, from: PERIOD_QUERY.from.unwrap().default('24h') })

export interface RouteRoutesNeeds {
  readonly plan: () => Plan
  readonly series: SeriesStore
  readonly releases: Pick<ReleaseDesk, 'now' | 'schemaOf'>
  readonly nowMs: () => number
}

/** The routes: whom they ask, where they are written, and what came of it. */
export function routeRoutes(needs: RouteRoutesNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/routes',
      summary: 'The routes, whom they ask, and what came of it in a time.',
      query: timeQuery,
      answer: { status: 200, schema: listAnswer },
      handle: ({ query }) => listRoutes(readPeriod(parseQuery(timeQuery, query), needs.nowMs()), needs),
    },
    {
      method: 'GET',
      path: '/api/v1/routes/{name}',
      summary: 'One route: its ways, as it is written, and who answered its requests.',
      query: timeQuery,
      answer: { status: 200, schema: routeAnswer },
      handle: ({ params: { name = '' }, query }) =>
        tellRoute(
          findRoute(name, needs.plan()),
          readPeriod(parseQuery(timeQuery, query), needs.nowMs()),
          needs,
        ),
    },
  ]
}

async function listRoutes(period: Period, needs: RouteRoutesNeeds): Promise<Response> {
  const figures = await readFigures(needs.series, { by: 'route', ...period, nowMs: needs.nowMs() })
  const origins = originsOf(needs.releases)
  const plan = needs.plan()
  const all = [...plan.routes.values()].filter((route) => !isPlain(route) || origins.has(route.name))
  return jsonResponse({
    ...spanOf(period),
    data: all.slice(0, LIMITS.routesListed).map((route) => ({
      ...factsOf(route, plan, origins.get(route.name)),
      steps: (route.steps ?? []).map(({ name }) => name),
      ...toFiguresJson(figures.get(route.name)),
    })),
    has_more: all.length > LIMITS.routesListed,
  })
}

async function tellRoute(route: Route, period: Period, needs: RouteRoutesNeeds): Promise<Response> {
  const { name } = route
  const question = { ...period, nowMs: needs.nowMs(), filter: filterOf({ route: name }) }
  const [all, byTarget] = await Promise.all([
    readFigures(needs.series, { ...question, by: 'route' }),
    readFigures(needs.series, { ...question, by: 'target' }),
  ])
  const written = originOf(name, needs.releases)
  return jsonResponse({
    ...factsOf(route, needs.plan(), written),
    ...writtenAs(written),
    ...defined({ version: needs.releases.now().version?.number }),
    ways: waysOf(route),
    ...spanOf(period),
    figures: toFiguresJson(all.get(name)),
    answered_by: [...byTarget]
      .filter(([target]) => target !== '')
      .map(([target, figures]) => ({ target, ...toFiguresJson(figures) })),
  })
}

/** A model that is asked for by its own name is no route that anybody thought of. */
function isPlain({ name, targets, fallback, steps }: Route): boolean {
  const [only, ...others] = targets
  return steps === undefined && others.length + fallback.length === 0 && only?.target.id === name
}

function findRoute(name: string, plan: Plan): Route {
  const route = plan.routes.get(name)
  if (route !== undefined) return route
  throw new AdminProblem('not-found', {
    detail: `There is no route ${name.slice(0, 200)}.`,
    nearest: nearestNames(name, [...plan.routes.keys()]),
  })
}
