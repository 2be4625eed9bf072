import { z } from 'zod'
import { MEASURE_NAMES, measureFacts, valueIn, type SeriesMeasure } from '../insight/series-measures.ts'
import { cutIntoSteps, STEP_NAMES, type Steps } from '../insight/series-steps.ts'
import { defined } from '../kit/defined.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { nearestNames } from '../kit/nearest.ts'
import {
  SERIES_DIMENSIONS,
  type NamedSeries,
  type SeriesAnswer,
  type SeriesDimension,
  type SeriesStore,
} from '../store/series.ts'
import { parseQuery, type AdminRoute } from './admin-route.ts'
import { PERIOD_QUERY, readPeriod } from './period.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { PARTIAL_SHAPE, partialBody, QUERY, readFilter } from './request-filter.ts'
import { toMoneyJson, toTimeJson } from './to-json.ts'

const MOST_MEASURES = 16
const USUAL_NAMES = 10

const seriesQuery = z.strictObject({
  measure: z
    .string()
    .max(500)
    .default('requests')
    .describe(`What to tell, up to ${MOST_MEASURES} with commas between them: ${MEASURE_NAMES.join(', ')}.`),
  by: z.enum(SERIES_DIMENSIONS).optional().describe('A series for each of these; default: one of all.'),
  ...PERIOD_QUERY,
  from: PERIOD_QUERY.from.unwrap().default('24h'),
  step: z.enum(STEP_NAMES).optional().describe('Length of an interval; default: as long as a chart needs.'),
  names: z
    .string()
    .regex(/^\d{1,2}$/)
    .transform(Number)
    .refine((names) => names >= 1 && names <= LIMITS.seriesShown, {
      error: `a whole number from 1 to ${LIMITS.seriesShown}`,
    })
    .prefault(String(USUAL_NAMES))
    .describe('Most series; those with the most requests and attempts are told.'),
  q: QUERY,
})

const moneyOrNumber = z.union([z.number(), z.object({ usd: z.string(), nano_usd: z.string() }), z.null()])

const seriesAnswer = z.object({
  from: z.iso.datetime().describe('The begin of the first interval.'),
  to: z.iso.datetime(),
  step: z.enum(STEP_NAMES),
  step_ms: z.int(),
  by: z.enum(SERIES_DIMENSIONS).optional(),
  measures: z.array(z.object({ name: z.string(), unit: z.enum(['count', 'tokens', 'usd', 'ms', 'share']) })),
  at: z.array(z.iso.datetime()).describe('The begin of each interval (UTC).'),
  unfinished: z
    .int()
    .optional()
    .describe('The interval, by its place in `at`, that is not over yet, so that its sums still grow.'),
  series: z.array(
    z.object({
      name: z.string().describe('The empty text: all, or those without one.'),
      values: z
        .record(z.string(), z.array(moneyOrNumber))
        .describe('By measure, a value for each interval. Null where nothing is known, which is not 0.'),
    }),
  ),
  others: z.int().describe('Names that are not told.'),
  answered_from: z
    .enum(['sums', 'requests'])
    .describe('By the sums that are kept, or by looking at requests one by one.'),
  complete_from: z.iso
    .datetime()
    .optional()
    .describe('Since when the sums hold everything, while older rows are still to be summed.'),
  ...PARTIAL_SHAPE,
})

/** Figures over time, for charts. */
export function seriesRoutes(needs: {
  readonly series: SeriesStore
  readonly nowMs: () => number
}): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/series',
      summary: 'Requests, tokens, money and times by minute, hour or day, in all or by name.',
      query: seriesQuery,
      answer: { status: 200, schema: seriesAnswer },
      async handle({ query }) {
        const { measure, by, step, names, q, ...period } = parseQuery(seriesQuery, query)
        const nowMs = needs.nowMs()
        const measures = readMeasures(measure)
        const steps = cutIntoSteps(readPeriod(period, nowMs), step, nowMs)
        if ('problem' in steps) throw wrong('step', steps.problem, steps.hint)
        const { stepMs, fromMs, toMs } = steps
        const answer = await needs.series.read({
          filter: readFilter({ q }, nowMs),
          ...defined({ by }),
          fromMs,
          toMs,
          stepMs,
          names,
          attempts: measures.some((one) => measureFacts(one).ofAttempts === true),
          times: measures.some((one) => measureFacts(one).ofTimes === true),
        })
        return jsonResponse({
          ...toSeriesJson(answer, measures, { ...steps, nowMs, by }),
          ...defined({ by }),
        })
      },
    },
  ]
}

function readMeasures(text: string): readonly SeriesMeasure[] {
  const words = [...new Set(text.split(','))]
  if (words.length > MOST_MEASURES) throw wrong('measure', `more than ${MOST_MEASURES} measures`)
  return words.map((word) => {
    const known = MEASURE_NAMES.find((name) => name === word)
    if (known !== undefined) return known
    const [nearest] = nearestNames(word, MEASURE_NAMES, 1)
    throw wrong(
      'measure',
      `there is no measure "${word.slice(0, 50)}"`,
      nearest && `Did you mean ${nearest}?`,
    )
  })
}

function wrong(path: string, message: string, hint?: string): AdminProblem {
  return new AdminProblem('invalid-request', {
    detail: 'The query has mistakes.',
    errors: [{ path, message, ...defined({ hint }) }],
  })
}

interface Charted extends Steps {
  readonly nowMs: number
  readonly by: SeriesDimension | undefined
}

function toSeriesJson(
  { series, others, from, lookedAt, completeFromMs }: SeriesAnswer,
  measures: readonly SeriesMeasure[],
  { fromMs, toMs, stepMs, name, nowMs, by }: Charted,
): JsonObject {
  const begins: number[] = []
  for (let atMs = fromMs; atMs < toMs; atMs += stepMs) begins.push(atMs)
  const last = begins.length - 1
  return {
    from: toTimeJson(fromMs),
    to: toTimeJson(toMs),
    step: name,
    step_ms: stepMs,
    measures: measures.map((one) => ({ name: one, unit: measureFacts(one).unit })),
    at: begins.map(toTimeJson),
    ...(fromMs + (last + 1) * stepMs > Math.min(nowMs, toMs) && { unfinished: last }),
    series: (by === undefined && series.length === 0 ? [NOTHING] : series).map((one) => ({
      name: one.name,
      values: valuesOf(one, measures, begins),
    })),
    others,
    answered_from: from,
    ...(completeFromMs !== undefined &&
      completeFromMs > fromMs && { complete_from: toTimeJson(completeFromMs) }),
    ...partialBody(lookedAt),
  }
}

/** In all there was nothing. */
const NOTHING: NamedSeries = { name: '', points: new Map() }

function valuesOf(
  { points }: NamedSeries,
  measures: readonly SeriesMeasure[],
  begins: readonly number[],
): Record<string, Json[]> {
  return Object.fromEntries(
    measures.map((measure) => [
      measure,
      begins.map((atMs) => {
        const value = valueIn(measure, points.get(atMs))
        return typeof value === 'bigint' ? toMoneyJson(value) : value
      }),
    ]),
  )
}
