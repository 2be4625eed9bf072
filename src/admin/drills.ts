import { z } from 'zod'
import { HISTORY_SETTING, readHistory } from '../drills/rehearse/history.ts'
import type { DrillReport } from '../drills/rehearse/report.ts'
import { DRILL_FAULT_KINDS, DRILL_FAULTS, type Drill, type DrillFaultKind } from '../exchange/drill.ts'
import { entriesOf } from '../exchange/route.ts'
import type { Plan } from '../gateway/plan.ts'
import type { JsonObject } from '../kit/json.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { SettingsStore } from '../store/store.ts'
import { parseBody, type AdminRoute } from './admin-route.ts'
import { toDrillReportJson } from './drills-json.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { toTimeJson } from './to-json.ts'

/** Reports that are told of one drill. */
const MOST_REPORTS = 20

const DRILL_STATES = ['idle', 'waiting', 'running'] as const

/** Whether a drill is run now, or will be when those before it are over. */
export type DrillState = (typeof DRILL_STATES)[number]

/** Where drills are asked for. They are run one at a time, away from whoever serves. */
export interface DrillDesk {
  /** Has a drill run, once; undefined where none is run here, or not any more. */
  ask(name: string): DrillState | undefined
  stateOf(name: string): DrillState
  /** Rehearses an outage at once, and gives its report; undefined where that is not done here, or one is rehearsed already. */
  rehearse(outage: AskedOutage): Promise<JsonObject> | undefined
}

/** Whose outage is to be rehearsed, and what goes wrong. */
export interface AskedOutage {
  readonly provider: string
  readonly fault: DrillFaultKind
}

const lastAnswer = z.object({ at: z.iso.datetime(), passed: z.boolean() })

const drillAnswer = z.object({
  name: z.string(),
  cron: z.string().nullable().describe('Five fields of a crontab, in UTC.'),
  next: z.iso.datetime().nullable().describe('When it runs by itself next.'),
  state: z.enum(DRILL_STATES),
  last: lastAnswer.nullable(),
})

const countsAnswer = z.record(z.string(), z.int())

const reportAnswer = z.object({
  drill: z.string(),
  at: z.iso.datetime(),
  took_ms: z.int(),
  passed: z.boolean(),
  faults: z.array(z.string()),
  traffic: z.string(),
  routes: z.array(
    z.object({
      route: z.string(),
      passed: z.boolean(),
      requests: z.int(),
      answered: z.int(),
      refused_by_rule: z.int().optional(),
      struck: z.int().describe('Calls that the fault met.'),
      served_by: countsAnswer,
      outcomes: countsAnswer,
      statuses: countsAnswer,
      p95_ms: z.int(),
      p95_added_ms: z.int().describe('What the fault adds.'),
      cost_times: z.number().nullable(),
      broken: z.array(z.string()).describe('Expectations that do not hold.'),
      timeline: z
        .array(
          z.object({
            after_ms: z.number().describe('From the beginning of the drill.'),
            target: z.string().optional().describe('Who answered; absent: nobody.'),
            outcome: z.string(),
            struck: z.int().describe('Calls for it that the fault met.'),
          }),
        )
        .optional()
        .describe('Requests in the order of time, evenly chosen where there were many.'),
    }),
  ),
  books: z.object({ attempts: z.int(), billed: z.int(), broken: z.array(z.string()) }),
  not_rehearsed: z.array(z.string()),
})

const listAnswer = z.object({
  data: z.array(drillAnswer),
  reports: z
    .array(reportAnswer)
    .describe(`The latest of all drills and rehearsals, ${MOST_REPORTS} at most.`),
  providers: z.array(z.string()).describe('Whose outage can be rehearsed: those that a route leads to.'),
  faults: z.array(z.object({ kind: z.string(), means: z.string() })).describe('What can go wrong with one.'),
})

const runBody = z.strictObject({})

const OUTAGES = DRILL_FAULT_KINDS.filter((kind) => DRILL_FAULTS[kind].at === 'provider')

const outageBody = z.strictObject({
  provider: z.string().min(1).max(200).describe('Whose outage is rehearsed, over every route.'),
  fault: z
    .enum(OUTAGES, { error: `one of ${OUTAGES.join(', ')}` })
    .prefault('outage')
    .describe('What goes wrong.'),
})

export interface DrillRoutesNeeds {
  readonly plan: () => Plan
  readonly drills: DrillDesk
  readonly settings: Pick<SettingsStore, 'get'>
  readonly nowMs: () => number
}

/** The drills of the plan in force: when each runs, what came of it, and one more now. */
export function drillRoutes(needs: DrillRoutesNeeds): AdminRoute[] {
  return [listRoute(needs), lookRoute(needs), runRoute(needs), rehearseRoute(needs)]
}

function listRoute(needs: DrillRoutesNeeds): AdminRoute {
  return {
    method: 'GET',
    path: '/api/v1/drills',
    summary: 'The drills of the plan in force.',
    answer: { status: 200, schema: listAnswer },
    async handle() {
      const history = await historyOf(needs)
      const drills = [...(needs.plan().drills?.values() ?? [])]
      return jsonResponse({
        data: drills.map((drill) => tell(drill, history, needs)),
        reports: history.slice(0, MOST_REPORTS).map(toDrillReportJson),
        providers: providersOf(needs.plan()),
        faults: OUTAGES.map((kind) => ({ kind, means: DRILL_FAULTS[kind].means })),
      })
    },
  }
}

function lookRoute(needs: DrillRoutesNeeds): AdminRoute {
  return {
    method: 'GET',
    path: '/api/v1/drills/{name}',
    summary: `One drill with its latest reports, ${MOST_REPORTS} at most.`,
    answer: { status: 200, schema: drillAnswer.extend({ reports: z.array(reportAnswer) }) },
    async handle({ params: { name = '' } }) {
      const drill = find(name, needs.plan())
      const history = await historyOf(needs)
      const reports = history.filter((one) => one.drill === name).slice(0, MOST_REPORTS)
      return jsonResponse({ ...tell(drill, history, needs), reports: reports.map(toDrillReportJson) })
    },
  }
}

function runRoute({ plan, drills }: DrillRoutesNeeds): AdminRoute {
  return {
    method: 'POST',
    path: '/api/v1/drills/{name}',
    summary: 'Runs a drill, after those that run or wait; its report is with the drill when it is over.',
    body: runBody,
    audit: { subject: 'drill' },
    answer: { status: 202, schema: z.object({ name: z.string(), state: z.enum(DRILL_STATES) }) },
    handle({ params: { name = '' }, body }) {
      parseBody(runBody, body)
      find(name, plan())
      const state = drills.ask(name)
      if (state === undefined)
        throw new AdminProblem('not-now', { detail: 'This gateway runs no drills now.' })
      return jsonResponse({ name, state }, 202)
    },
  }
}

function rehearseRoute({ plan, drills }: DrillRoutesNeeds): AdminRoute {
  return {
    method: 'POST',
    path: '/api/v1/rehearsals',
    summary:
      'Rehearses the outage of a provider over every route, and answers with what came of it. No provider is called.',
    body: outageBody,
    audit: { subject: 'rehearsal', tells: ['provider', 'fault'] },
    answer: { status: 200, schema: reportAnswer },
    async handle({ body }) {
      const outage = parseBody(outageBody, body)
      const known = providersOf(plan())
      if (!known.includes(outage.provider))
        throw new AdminProblem('not-found', {
          detail: `No route leads to a provider ${outage.provider}.`,
          nearest: nearestNames(outage.provider, known),
        })
      const report = drills.rehearse(outage)
      if (report === undefined)
        throw new AdminProblem('not-now', { detail: 'One is rehearsed already, or none is here.' })
      return jsonResponse(await report)
    },
  }
}

/** The providers that routes lead to, in alphabetical order. */
function providersOf({ routes }: Plan): readonly string[] {
  const names = [...routes.values()].flatMap((route) => entriesOf(route).map(({ target }) => target.provider))
  return [...new Set(names)].toSorted()
}

async function historyOf({ settings }: DrillRoutesNeeds): Promise<readonly DrillReport[]> {
  return readHistory(await settings.get(HISTORY_SETTING))
}

function find(name: string, { drills = new Map<string, Drill>() }: Plan): Drill {
  const drill = drills.get(name)
  if (drill !== undefined) return drill
  throw new AdminProblem('not-found', {
    detail: `There is no drill ${name.slice(0, 100)}.`,
    nearest: nearestNames(name, drills.keys()),
  })
}

function tell(
  { name, schedule }: Drill,
  history: readonly DrillReport[],
  { drills, nowMs }: DrillRoutesNeeds,
): JsonObject {
  const last = history.find((one) => one.drill === name)
  return {
    name,
    cron: schedule?.text ?? null,
    next: schedule === undefined ? null : toTimeJson(schedule.next(nowMs())),
    state: drills.stateOf(name),
    last: last === undefined ? null : { at: toTimeJson(last.atMs), passed: last.passed },
  }
}
