import { z } from 'zod'
import type { LoadView } from '../exchange/load-view.ts'
import { OPERATION_NAMES } from '../exchange/operations/all.ts'
import type { Plan } from '../gateway/plan.ts'
import { modelCalled, namedModels, type ReachableModel } from '../insight/reachable-models.ts'
import { NO_FIGURES, readFigures, type Figures } from '../insight/route-figures.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { HealthBoard } from '../routing/health.ts'
import type { SeriesStore } from '../store/series.ts'
import { parseQuery, type AdminRoute } from './admin-route.ts'
import { isAbout } from './loads.ts'
import { abilitiesOf, ABILITY_NAMES, modelAnswer, serves, toModelJson } from './models-json.ts'
import { readPeriod, type Period } from './period.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { spanOf } from './routes-json.ts'

/** What was asked of a model lately: by whole days, so that a week is a week everywhere. */
const LATELY = '7d'

const modelsQuery = z.strictObject({
  q: z.string().max(200).optional().describe('Part of its name, or of a name that leads to it.'),
  provider: z.string().max(200).optional(),
  can: z
    .enum(ABILITY_NAMES, { error: `one of ${ABILITY_NAMES.join(', ')}` })
    .optional()
    .describe('Only models that are known to.'),
  operation: z
    .enum(OPERATION_NAMES, { error: `one of ${OPERATION_NAMES.join(', ')}` })
    .optional()
    .describe('Only models that are not known to refuse it.'),
  unpriced: z.enum(['true'], { error: 'true' }).optional().describe('`true`: only models without a price.'),
  known: z
    .enum(['true'], { error: 'true' })
    .optional()
    .describe('`true`: also models that nobody has named or asked for, as lists know them of the providers.'),
})

type ModelsQuery = z.output<typeof modelsQuery>

const listAnswer = z.object({
  from: z.iso.datetime().describe('The begin of what `lately` tells.'),
  to: z.iso.datetime(),
  data: z.array(modelAnswer),
  has_more: z.boolean().describe(`True where there are more than ${LIMITS.modelsListed}.`),
  providers: z
    .array(z.object({ name: z.string(), models: z.int() }))
    .describe('Whose models they are, whatever `provider` says.'),
})

const oneAnswer = modelAnswer.extend({ from: z.iso.datetime(), to: z.iso.datetime() })

export interface ModelRoutesNeeds {
  readonly plan: () => Plan
  readonly series: SeriesStore
  readonly loads: LoadView
  readonly health: Pick<HealthBoard, 'entries'>
  readonly nowMs: () => number
}

/** The models that can be reached: what is known of each, what it costs, and how it does. */
export function modelRoutes(needs: ModelRoutesNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/models',
      summary:
        'The models that can be reached: what each can do and costs, who asked for it in a week, how it does.',
      query: modelsQuery,
      answer: { status: 200, schema: listAnswer },
      handle: ({ query }) => listModels(parseQuery(modelsQuery, query), needs),
    },
    {
      method: 'GET',
      path: '/api/v1/models/{name}',
      summary: 'One model by its name `provider/model`.',
      answer: { status: 200, schema: oneAnswer },
      handle: ({ params: { name = '' } }) => tellModel(name, needs),
    },
  ]
}

async function listModels(asked: ModelsQuery, needs: ModelRoutesNeeds): Promise<Response> {
  const period = lately(needs)
  const figures = await readLately(period, needs)
  const all = reachable(figures, asked.known !== undefined, needs.plan()).filter((one) => isAsked(one, asked))
  const found = all.filter(({ target }) => asked.provider === undefined || target.provider === asked.provider)
  return jsonResponse({
    ...spanOf(period),
    data: found.slice(0, LIMITS.modelsListed).map(teller(figures, needs)),
    has_more: found.length > LIMITS.modelsListed,
    providers: countProviders(all),
  })
}

async function tellModel(name: string, needs: ModelRoutesNeeds): Promise<Response> {
  const plan = needs.plan()
  const named = namedModels(plan)
  const model = named.find(({ target }) => target.id === name) ?? modelCalled(name, plan)
  if (model === undefined)
    throw new AdminProblem('not-found', {
      detail: `There is no model ${name.slice(0, 200)}.`,
      nearest: nearestNames(name, [...named.map(({ target }) => target.id), ...(plan.listedNames?.() ?? [])]),
    })
  const period = lately(needs)
  const figures = await readLately(period, needs)
  return jsonResponse({ ...teller(figures, needs)(model), ...spanOf(period) })
}

function lately({ nowMs }: ModelRoutesNeeds): Period {
  return readPeriod({ from: LATELY }, nowMs())
}

function readLately(
  period: Period,
  { series, nowMs }: ModelRoutesNeeds,
): Promise<ReadonlyMap<string, Figures>> {
  return readFigures(series, {
    ...period,
    by: 'target',
    nowMs: nowMs(),
    step: '1d',
    names: LIMITS.modelsListed,
  })
}

/** Those that the plan names, those that were asked for all the same, and, where it is wanted, those that lists know. */
function reachable(
  figures: ReadonlyMap<string, Figures>,
  withListed: boolean,
  plan: Plan,
): readonly ReachableModel[] {
  const models = new Map(namedModels(plan).map((model) => [model.target.id, model]))
  for (const name of [...figures.keys(), ...(withListed ? (plan.listedNames?.() ?? []) : [])]) {
    const model = models.has(name) ? undefined : modelCalled(name, plan)
    if (model !== undefined) models.set(name, model)
  }
  return [...models.values()]
}

function isAsked({ target, names }: ReachableModel, { q, can, operation, unpriced }: ModelsQuery): boolean {
  const wanted = q?.trim().toLowerCase()
  const isNamed =
    wanted === undefined ||
    [target.id, ...names.map(({ name }) => name)].some((name) => name.toLowerCase().includes(wanted))
  return (
    isNamed &&
    (can === undefined || abilitiesOf(target, true).includes(can)) &&
    (operation === undefined || serves(target, operation)) &&
    (unpriced === undefined || target.price === undefined)
  )
}

function countProviders(models: readonly ReachableModel[]): JsonObject[] {
  const counts = new Map<string, number>()
  for (const { target } of models) counts.set(target.provider, (counts.get(target.provider) ?? 0) + 1)
  return [...counts].map(([name, many]) => ({ name, models: many }))
}

function teller(
  figures: ReadonlyMap<string, Figures>,
  { plan, health, loads }: ModelRoutesNeeds,
): (model: ReachableModel) => JsonObject {
  const entries = health.entries()
  const named = new Set(namedModels(plan()).map(({ target }) => target.id))
  return (model) =>
    toModelJson(model, {
      isNamed: named.has(model.target.id),
      rests: entries.filter((entry) => isAbout(entry, model.target)),
      quietMs: loads.of(model.target.id).quietMs,
      figures: figures.get(model.target.id) ?? NO_FIGURES,
    })
}
