import { z } from 'zod'
import { CLIENT_KINDS, CLIENT_ROWS } from '../clients/rows/all.ts'
import { baseUrl, type ClientRow, type Front, type FrontModel } from '../clients/client-row.ts'
import { connectionOf } from '../clients/connection.ts'
import { isPlainWord } from '../clients/plain-word.ts'
import type { Caller } from '../exchange/caller.ts'
import { routeNamed, type ListedModel, type Plan } from '../gateway/plan.ts'
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { nearestNames } from '../kit/nearest.ts'
import { allowsRoute } from '../routing/model-patterns.ts'
import type { KeyStore, RequestLogStore } from '../store/store.ts'
import { parseQuery, type AdminRoute } from './admin-route.ts'
import { canTalk, chosenKeys, KEY_CHOICE, KEY_PLACE, unfitModel } from './choices.ts'
import { findCaller } from './find-caller.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { readFilter } from './request-filter.ts'
import { toTimeJson } from './to-json.ts'

const USUAL_MODEL = 'auto'

const name = z.string().min(1).max(200)
const settingsQuery = z.strictObject({
  key: name.optional().describe('Id or name of the key that it gets: only what that may use is filled in.'),
  model: z
    .string()
    .max(512)
    .optional()
    .describe('What it asks for; absent: `auto`, or the first that there is.'),
})

const clientAnswer = z.object({
  name: z.string(),
  title: z.string(),
  kind: z.enum(Object.keys(CLIENT_KINDS)),
  speaks: z.string().describe('Its dialect.'),
  reads: z.string(),
})

const listAnswer = z.object({
  url: z.string().describe('Address of the client API.'),
  clients: z.array(clientAnswer),
  keys: z.array(KEY_CHOICE),
  models: z.array(z.string()).describe('What can be talked with.'),
})

const settingsAnswer = clientAnswer.extend({
  base_url: z.string(),
  model: z.string(),
  models: z.array(z.string()).describe('What the key may use.'),
  key_place: z.string().describe('The words that stand where the text of the key belongs.'),
  environment: z.array(z.object({ name: z.string(), value: z.string() })),
  files: z.array(z.object({ path: z.string(), format: z.string(), text: z.string() })),
  steps: z.array(z.string()).describe('What is done by hand, or can be.'),
  snippets: z.array(z.object({ language: z.string(), text: z.string() })),
  notes: z.array(z.string()),
  writes: z.boolean().describe('Whether `gatehouse connect NAME --write` writes it.'),
  runs: z.boolean().describe('Whether `gatehouse run NAME` starts it.'),
  calls_itself: z
    .array(z.string())
    .describe('The names by which its requests are known (`client:…`); empty: it has none of its own.'),
  seen: z
    .object({ request_id: z.string(), at: z.iso.datetime() })
    .nullable()
    .describe('Its latest request, where it is known by its name.'),
})

export interface ConnectNeeds {
  readonly plan: () => Plan
  readonly keys: KeyStore
  readonly requests: Pick<RequestLogStore, 'list'>
  readonly dataUrl: () => string
  readonly clock: Clock
}

/** Programs that can be pointed here, and their settings. */
export function connectRoutes(needs: ConnectNeeds): AdminRoute[] {
  const { plan, keys, clock, dataUrl } = needs
  return [
    {
      method: 'GET',
      path: '/api/v1/connect',
      summary: 'The programs whose settings are known, and what they can be given.',
      answer: { status: 200, schema: listAnswer },
      async handle() {
        return jsonResponse({
          url: dataUrl(),
          clients: CLIENT_ROWS.map(toClientJson),
          keys: await chosenKeys(plan(), keys, clock.nowMs()),
          models: modelsFor(undefined, plan()).map(({ id }) => id),
        })
      },
    },
    {
      method: 'GET',
      path: '/api/v1/connect/{client}',
      summary: 'The settings of one program, filled in.',
      query: settingsQuery,
      answer: { status: 200, schema: settingsAnswer },
      async handle({ params: { client = '' }, query }) {
        const row = findRow(client)
        const wanted = parseQuery(settingsQuery, query)
        return jsonResponse(await tellSettings(row, wanted, needs))
      },
    },
  ]
}

function findRow(wanted: string): ClientRow {
  const named = wanted.toLowerCase()
  const row = CLIENT_ROWS.find(({ name: own, aliases = [] }) => own === named || aliases.includes(named))
  if (row !== undefined) return row
  throw new AdminProblem('not-found', {
    detail: `There is no client ${wanted.slice(0, 100)}.`,
    nearest: nearestNames(
      named,
      CLIENT_ROWS.map((one) => one.name),
    ),
  })
}

function toClientJson(row: ClientRow): JsonObject {
  const { title, dialect, reads } = row
  return { name: row.name, title, kind: kindOf(row), speaks: dialect, reads }
}

function kindOf(row: ClientRow): string {
  return Object.entries(CLIENT_KINDS).find(([, rows]) => rows.includes(row))?.[0] ?? ''
}

async function tellSettings(
  row: ClientRow,
  wanted: z.output<typeof settingsQuery>,
  needs: ConnectNeeds,
): Promise<JsonObject> {
  const plan = needs.plan()
  const finding = { plan, keys: needs.keys, nowMs: needs.clock.nowMs() }
  const caller = wanted.key === undefined ? undefined : await findCaller(wanted.key, finding)
  const front = frontFor(wanted.model, modelsFor(caller, plan), needs.dataUrl())
  const { environment, files, steps, snippets } = connectionOf(row, front)
  return {
    ...toClientJson(row),
    base_url: baseUrl(row, front),
    model: front.model,
    models: front.models.map(({ id }) => id),
    key_place: KEY_PLACE,
    environment: Object.entries(environment).map(([variable, value = '']) => ({ name: variable, value })),
    files: files.map(({ path, format, text }) => ({ path, format, text })),
    steps: [...steps],
    snippets: snippets.map(({ language, text }) => ({ language, text })),
    notes: [...row.notes],
    writes: row.files !== undefined,
    runs: row.program !== undefined,
    calls_itself: [...(row.callsItself ?? [])],
    seen: await lastOf(row, needs),
  }
}

function frontFor(asked: string | undefined, models: readonly FrontModel[], url: string): Front {
  if (asked !== undefined && !isPlainWord(asked)) throw unfitModel()
  const usual = models.find(({ id }) => id === USUAL_MODEL) ?? models[0]
  const model = asked ?? usual?.id ?? USUAL_MODEL
  const listed = models.slice(0, LIMITS.connectedModels)
  return { url, key: KEY_PLACE, model, models: listed.length === 0 ? [{ id: model }] : listed, answers: true }
}

/** What a caller may use and can talk with; of nobody in particular, what there is. */
function modelsFor(caller: Caller | undefined, plan: Plan): readonly FrontModel[] {
  return plan.models
    .filter((one) => canTalk(one) && isPlainWord(one.id) && mayUse(caller, one, plan))
    .map(toFrontModel)
}

function mayUse(caller: Caller | undefined, { id }: ListedModel, plan: Plan): boolean {
  const route = routeNamed(plan, id)
  return caller === undefined || (route !== undefined && allowsRoute(caller.models, route, id))
}

function toFrontModel({ id, facts = {} }: ListedModel): FrontModel {
  const { contextTokens, maxOutputTokens, vision } = facts
  return { id, ...defined({ contextTokens, maxOutputTokens, vision }) }
}

async function lastOf(
  { callsItself = [] }: ClientRow,
  { requests, clock }: ConnectNeeds,
): Promise<JsonObject | null> {
  if (callsItself.length === 0) return null
  const filter = readFilter({ q: `client:${callsItself.join(',')}` }, clock.nowMs())
  const [last] = (await requests.list({ limit: 1, ...filter })).rows
  return last === undefined ? null : { request_id: last.id, at: toTimeJson(last.atMs) }
}
