import { z } from 'zod'
import { HISTORY_SETTING, readHistory } from '../drills/rehearse/history.ts'
import { reportBudgets, type BudgetState, type ReportedBudget } from '../insight/budget-report.ts'
import { FIGURES, readOverview, type Overview, type OverviewFigure } from '../insight/overview.ts'
import { valueIn, type SeriesMeasure } from '../insight/series-measures.ts'
import { cutIntoSteps, STEP_NAMES } from '../insight/series-steps.ts'
import { defined } from '../kit/defined.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import type { BudgetView } from '../ledger/budget-view.ts'
import type { SeriesPoint, SeriesStore } from '../store/series.ts'
import type { ReleaseStore, RequestLogStore, SettingsStore } from '../store/store.ts'
import { moneySchema, parseQuery, type AdminRoute } from './admin-route.ts'
import { statusAnswer } from './health.ts'
import { budgetAnswer, toBudgetJson } from './budgets-json.ts'
import { accountsOf, type BudgetRoutesNeeds } from './budgets.ts'
import { changeAnswer, toChangeJson } from './overview-changes.ts'
import { PERIOD_QUERY, readPeriod } from './period.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { toStatusJson, type StatusReport } from './status-report.ts'
import { toMoneyJson, toTimeJson } from './to-json.ts'

const SHOWN_TARGETS = 5
const SHOWN_ROUTES = 8
const SHOWN_BUDGETS = 4
/** Versions that are looked through for what changed. */
const MOST_VERSIONS = 50
const USUAL_FROM = '24h'

const overviewQuery = z.strictObject({
  ...PERIOD_QUERY,
  from: PERIOD_QUERY.from.unwrap().default(USUAL_FROM),
})

const value = z.union([z.number(), moneySchema, z.null()])
const values = z.array(value)

const figureAnswer = z.object({
  measure: z.enum(FIGURES),
  value,
  finished: value.describe('Without the interval that is not over: what is compared with `before`.'),
  before: value.describe('The same of as many equal weekdays before; null where nothing was.'),
  values: values.describe('By interval.'),
})

const overviewAnswer = z.object({
  status: statusAnswer,
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  step: z.enum(STEP_NAMES),
  step_ms: z.int(),
  at: z.array(z.iso.datetime()),
  unfinished: z.int().optional().describe('The interval, by its place in `at`, that is not over yet.'),
  before: z.object({ from: z.iso.datetime(), to: z.iso.datetime() }),
  figures: z.array(figureAnswer),
  traffic: z
    .object({ ok: values, failed: values, gone: values, fallbacks: values })
    .describe('Requests by interval; `fallbacks` are calls.'),
  spend: z.object({
    targets: z.array(
      z.object({ name: z.string(), cost: values, simulated: values, calls: z.int(), unpriced: z.int() }),
    ),
    others: z.int().describe('Targets that are not told.'),
    rest: z.object({ cost: values, simulated: values }).describe('What they come to.'),
  }),
  providers: z.array(
    z.object({
      name: z.string(),
      calls: z.int(),
      failed: z.int(),
      first_token_p95_ms: z.number().optional(),
    }),
  ),
  routes: z
    .array(
      z.object({
        name: z.string(),
        requests: z.int(),
        failed: z.int(),
        duration_p95_ms: z.number().optional(),
      }),
    )
    .describe('Those with the most failures first.'),
  changes: z.array(changeAnswer),
  timed_out: z
    .array(z.object({ outcome: z.string(), requests: z.int() }))
    .describe('Requests that ended because a time was over.'),
  budgets: z
    .array(budgetAnswer)
    .describe(`Those that are spent or may not last, at most ${SHOWN_BUDGETS}, the most urgent first.`),
  overhead_p95_ms: z
    .number()
    .optional()
    .describe(
      `What the gateway itself takes of a request that one attempt answered, by the newest ${LIMITS.overviewRequests}.`,
    ),
  drill: z.object({ name: z.string(), at: z.iso.datetime(), passed: z.boolean() }).optional(),
  complete_from: z.iso.datetime().optional(),
})

export interface OverviewRoutesNeeds extends Pick<BudgetRoutesNeeds, 'keys' | 'plan' | 'spend'> {
  readonly series: SeriesStore
  readonly budgets: BudgetView
  readonly releases: Pick<ReleaseStore, 'list'>
  readonly requests: Pick<RequestLogStore, 'list'>
  readonly settings: Pick<SettingsStore, 'get'>
  readonly report: () => StatusReport
  readonly nowMs: () => number
}

/** All that the first page shows, in one answer. */
export function overviewRoutes(needs: OverviewRoutesNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/overview',
      summary:
        'Is everything fine, and what changed: figures against the equal weekdays before, spend, providers.',
      query: overviewQuery,
      answer: { status: 200, schema: overviewAnswer },
      async handle({ query }) {
        const nowMs = needs.nowMs()
        const steps = cutIntoSteps(readPeriod(parseQuery(overviewQuery, query), nowMs), undefined, nowMs)
        if ('problem' in steps)
          throw new AdminProblem('invalid-request', {
            detail: 'The query has mistakes.',
            errors: [{ path: 'from', message: steps.problem, hint: steps.hint }],
          })
        const { rows: versions } = await needs.releases.list({ limit: MOST_VERSIONS })
        const [overview, overheadMs, reports, budgets] = await Promise.all([
          readOverview({ series: needs.series, versions }, { ...steps, nowMs }),
          readOverhead(needs.requests),
          needs.settings.get(HISTORY_SETTING),
          readAtRisk(needs, nowMs),
        ])
        const drill = readHistory(reports).toSorted((left, right) => right.atMs - left.atMs)[0]
        return jsonResponse({
          status: toStatusJson(needs.report(), nowMs),
          from: toTimeJson(steps.fromMs),
          to: toTimeJson(steps.toMs),
          step: steps.name,
          step_ms: steps.stepMs,
          ...toOverviewJson(overview),
          budgets: budgets.map(toBudgetJson),
          ...defined({ overhead_p95_ms: overheadMs }),
          ...(drill && { drill: { name: drill.drill, at: toTimeJson(drill.atMs), passed: drill.passed } }),
        })
      },
    },
  ]
}

/** Budgets that are spent, or may not last. */
async function readAtRisk(needs: OverviewRoutesNeeds, nowMs: number): Promise<readonly ReportedBudget[]> {
  const { accounts } = await accountsOf(needs, nowMs)
  const budgets = await reportBudgets({ ...needs, view: needs.budgets }, accounts, nowMs)
  return budgets.filter(({ state }) => AT_RISK.has(state)).slice(0, SHOWN_BUDGETS)
}

const AT_RISK: ReadonlySet<BudgetState> = new Set(['spent', 'runs-out', 'tight'])

const P95 = 0.95

/** What the gateway takes for itself, at the 95th percentile of the newest requests that were answered; undefined where there are none. */
async function readOverhead(requests: Pick<RequestLogStore, 'list'>): Promise<number | undefined> {
  const { rows } = await requests.list({ limit: LIMITS.overviewRequests })
  const own = rows
    .filter(
      ({ outcome, purpose, attempts }) =>
        outcome === 'ok' && purpose === undefined && !attempts.includes(', '),
    )
    .map(({ durationMs, upstreamMs }) => Math.max(0, durationMs - upstreamMs))
    .toSorted((left, right) => left - right)
  return own[Math.min(own.length - 1, Math.floor(P95 * own.length))]
}

function toOverviewJson(overview: Overview): JsonObject {
  const { begins, unfinished, before, figures, all, otherTargets, providers, changed } = overview
  // Who was refused has no target.
  const targets = overview.targets.filter(({ name }) => name !== '')
  const shown = targets.slice(0, SHOWN_TARGETS)
  const rest = targets.slice(SHOWN_TARGETS)
  const by = (read: (point: SeriesPoint | undefined) => Json): Json[] => begins.map((at) => read(all.get(at)))
  const of = (points: ReadonlyMap<number, SeriesPoint>, measure: SeriesMeasure): Json[] =>
    begins.map((at) => told(valueIn(measure, points.get(at))))
  return {
    at: begins.map(toTimeJson),
    ...defined({ unfinished }),
    before: { from: toTimeJson(before.fromMs), to: toTimeJson(before.toMs) },
    figures: figures.map(toFigureJson),
    traffic: {
      ok: of(all, 'ok'),
      failed: by((point) =>
        point === undefined
          ? 0
          : point.sums.clientErrors + point.sums.gatewayErrors + point.sums.providerErrors,
      ),
      gone: of(all, 'gone'),
      fallbacks: of(all, 'fallbacks'),
    },
    spend: {
      targets: shown.map(({ name, points }) => ({
        name,
        cost: begins.map((at) => realMoney(points.get(at))),
        simulated: of(points, 'simulated_cost'),
        calls: sumOf(points, 'attempts'),
        unpriced: sumOf(points, 'unpriced'),
      })),
      others: rest.length + otherTargets,
      rest: {
        cost: begins.map((at) =>
          toMoneyJson(rest.reduce((sum, one) => sum + realNano(one.points.get(at)), 0n)),
        ),
        simulated: begins.map((at) =>
          toMoneyJson(rest.reduce((sum, one) => sum + (one.points.get(at)?.amounts.simulated ?? 0n), 0n)),
        ),
      },
    },
    providers: providers
      .filter(({ name }) => name !== '')
      .map(({ name, whole }) => ({
        name,
        calls: whole?.sums.attempts ?? 0,
        failed: whole?.sums.failedAttempts ?? 0,
        ...defined({ first_token_p95_ms: whole && numberIn('ttft_p95', whole) }),
      })),
    routes: overview.routes.flatMap(toRouteJson).toSorted(byFailures).slice(0, SHOWN_ROUTES),
    changes: changed.map(toChangeJson),
    timed_out: overview.timedOut.map(({ outcome, requests }) => ({ outcome, requests })),
    ...(overview.completeFromMs !== undefined && { complete_from: toTimeJson(overview.completeFromMs) }),
  }
}

function told(value: ReturnType<typeof valueIn>): Json {
  return typeof value === 'bigint' ? toMoneyJson(value) : value
}

function toFigureJson({ measure, value, finished, before, values: all }: OverviewFigure): JsonObject {
  return {
    measure,
    value: told(value),
    finished: told(finished),
    before: told(before),
    values: all.map(told),
  }
}

function realNano(point: SeriesPoint | undefined): bigint {
  return point === undefined ? 0n : point.amounts.settled + point.amounts.estimated
}

function realMoney(point: SeriesPoint | undefined): Json {
  return toMoneyJson(realNano(point))
}

function sumOf(points: ReadonlyMap<number, SeriesPoint>, sum: keyof SeriesPoint['sums']): number {
  return [...points.values()].reduce((whole, { sums }) => whole + sums[sum], 0)
}

function numberIn(measure: SeriesMeasure, point: SeriesPoint): number | undefined {
  const read = valueIn(measure, point)
  return typeof read === 'number' ? read : undefined
}

interface RouteJson extends JsonObject {
  readonly name: string
  readonly requests: number
  readonly failed: number
}

function toRouteJson({ name, whole }: Overview['routes'][number]): RouteJson[] {
  if (whole === undefined || name === '') return []
  const { requests, clientErrors, gatewayErrors, providerErrors } = whole.sums
  const failed = clientErrors + gatewayErrors + providerErrors
  return [{ name, requests, failed, ...defined({ duration_p95_ms: numberIn('duration_p95', whole) }) }]
}

function byFailures(left: RouteJson, right: RouteJson): number {
  return right.failed - left.failed || right.requests - left.requests
}
