import { z } from 'zod'
import { CLIENT_KINDS } from '../clients/rows/all.ts'
import { connectionOf } from '../clients/connection.ts'
import { HISTORY_SETTING, readHistory } from '../drills/rehearse/history.ts'
import type { Plan } from '../gateway/plan.ts'
import type { Clock } from '../kit/clock.ts'
import type { JsonObject } from '../kit/json.ts'
import type { KeyRecord, RequestRow, Store } from '../store/store.ts'
import type { AdminRoute } from './admin-route.ts'
import { canTalk, KEY_PLACE } from './choices.ts'
import { jsonResponse } from './problem.ts'
import { readFilter } from './request-filter.ts'
import { requestAnswer } from './requests.ts'
import type { StatusReport } from './status-report.ts'
import { toRequestJson, toTimeJson } from './to-json.ts'

/** Where a newcomer looks for the command of a shell. */
const SHELL = 'sh'
const USUAL_MODEL = 'auto'
const MOST_KEYS = 500
/** What calls itself so is no application: this page, and people in shells. */
const BY_HAND = 'client:* -client:playground,curl,wget'

/** A provider that can be connected by its key, pasted or in a variable. */
export interface ConnectableProvider {
  readonly name: string
  readonly title: string
  readonly variable: string
  /** Parts of its address that are to be said. */
  readonly settings: readonly string[]
}

export interface StartNeeds {
  readonly plan: () => Plan
  readonly report: () => StatusReport
  readonly store: Pick<Store, 'keys' | 'requests' | 'settings'>
  readonly connectable: readonly ConnectableProvider[]
  readonly clock: Clock
}

const named = z.object({ name: z.string(), at: z.iso.datetime().optional() }).nullable()

const startAnswer = z.object({
  url: z.string(),
  model: z.string().describe('What the first request asks for.'),
  command: z.string().describe('A first request from a shell; the key stands in GATEHOUSE_KEY.'),
  config: z.string().nullable().describe('The configuration file.'),
  steps: z.object({
    request: requestAnswer.nullable().describe('The latest request.'),
    provider: named.describe('One that is no simulation.'),
    app: named.describe('The program that asked last, other than this page and people in shells.'),
    budget: named.describe('A key with a budget.'),
    drill: z.object({ at: z.iso.datetime(), passed: z.boolean() }).nullable().describe('The last one.'),
  }),
  providers: z.array(
    z.object({ name: z.string(), from: z.string(), state: z.string(), simulated: z.boolean() }),
  ),
  connectable: z
    .array(
      z.object({
        name: z.string(),
        title: z.string(),
        variable: z.string(),
        settings: z.array(z.string()).describe('Parts of its address that are to be said.'),
      }),
    )
    .describe(
      'Providers that a key is enough for, or a variable of the environment, but for those that are there.',
    ),
})

/** How far somebody has come who has just begun. */
export function startRoutes(needs: StartNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/start',
      summary:
        'How far a newcomer has come: the first request, a provider, an application, a budget, a drill.',
      answer: { status: 200, schema: startAnswer },
      handle: async () => jsonResponse(await tellStart(needs)),
    },
  ]
}

async function tellStart(needs: StartNeeds): Promise<JsonObject> {
  const { plan, report, store, clock } = needs
  const { dataUrl, configFile, providers } = report()
  const [latest, app, keys, history] = await Promise.all([
    store.requests.list({ limit: 1 }),
    store.requests.list({ limit: 1, ...readFilter({ q: BY_HAND }, clock.nowMs()) }),
    store.keys.list({ limit: MOST_KEYS }),
    store.settings.get(HISTORY_SETTING),
  ])
  const [request] = latest.rows
  const simulated = simulatedIn(plan())
  const told = providers.map(({ name, from, state }) => ({
    name,
    from,
    state,
    simulated: simulated.has(name),
  }))
  const real = told.find((one) => !one.simulated)
  const model = firstModel(plan())
  return {
    url: dataUrl,
    model,
    command: commandFor(dataUrl, model),
    config: configFile ?? null,
    steps: {
      request: request === undefined ? null : toRequestJson(request),
      provider: real === undefined ? null : { name: real.name },
      app: appOf(app.rows[0]),
      budget: budgetOf([...plan().declaredKeys, ...keys.rows]),
      drill: lastDrill(history),
    },
    providers: told,
    connectable: needs.connectable
      .filter(({ name }) => !told.some((one) => one.name === name))
      .map(({ name, title, variable, settings }) => ({ name, title, variable, settings: [...settings] })),
  }
}

function firstModel({ models }: Plan): string {
  const talking = models.filter(canTalk)
  return (talking.find(({ id }) => id === USUAL_MODEL) ?? talking[0])?.id ?? USUAL_MODEL
}

function commandFor(url: string, model: string): string {
  const front = { url, key: KEY_PLACE, model, models: [{ id: model }], answers: true }
  const snippets = CLIENT_KINDS.library.flatMap((row) => connectionOf(row, front).snippets)
  return snippets.find(({ language }) => language === SHELL)?.text ?? ''
}

/** The providers all of whose models are invented. */
function simulatedIn({ routes }: Plan): ReadonlySet<string> {
  const targets = [...routes.values()].flatMap((route) => route.targets.map(({ target }) => target))
  const real = new Set(targets.filter(({ simulated }) => !simulated).map(({ provider }) => provider))
  return new Set(targets.map(({ provider }) => provider).filter((provider) => !real.has(provider)))
}

function appOf(row: RequestRow | undefined): JsonObject | null {
  return row === undefined ? null : { name: row.keyName ?? row.dialect, at: toTimeJson(row.atMs) }
}

function budgetOf(keys: readonly KeyRecord[]): JsonObject | null {
  const key = keys.find(({ budgets, revokedAtMs }) => budgets.length > 0 && revokedAtMs === undefined)
  return key === undefined ? null : { name: key.name }
}

function lastDrill(history: string | undefined): JsonObject | null {
  const [last] = readHistory(history)
  return last === undefined ? null : { at: toTimeJson(last.atMs), passed: last.passed }
}
