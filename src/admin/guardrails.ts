import { z } from 'zod'
import { GUARD_PHASES, GUARD_VERDICTS, type CreatePlaceholders } from '../exchange/guard.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Plan } from '../gateway/plan.ts'
import { tryChecks } from '../insight/try-checks.ts'
import { toTrialJson, tryText, type Trial, type TriedText } from '../insight/try-guardrails.ts'
import { unknownRoute } from '../insight/unknown-route.ts'
import type { Registry } from '../telemetry/registry.ts'
import type { Clock } from '../kit/clock.ts'
import type { Json } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { filterOf } from '../insight/read-query.ts'
import type { RequestLogStore } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { parseBody, parseQuery, type AdminRoute } from './admin-route.ts'
import { findObject } from './config-listing.ts'
import { GUARD_ACTIONS, guardrailAnswer, spentBy, toGuardrailJson } from './guardrails-json.ts'
import { operatorInbound } from './operator-inbound.ts'
import { operatorOf } from './operator.ts'
import { PERIOD_QUERY, readPeriod } from './period.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import type { ReleaseDesk } from './release-desk.ts'
import { partialBody, PARTIAL_SHAPE } from './request-filter.ts'
import { toTimeJson } from './to-json.ts'

const CHECKS_PATH = '/api/v1/guardrails/test/checks'

const trialBody = z.strictObject({
  text: z.string().max(LIMITS.guardrailTrialCharacters).describe('The text to look at. It is not kept.'),
  phase: z.enum(GUARD_PHASES, { error: GUARD_PHASES.join(' or ') }).default('input'),
  route: z
    .string()
    .max(200)
    .optional()
    .describe('The route that it would be asked of; absent: those that hold everywhere.'),
  key: z.string().max(200).optional().describe('The name of the key that would ask.'),
  project: z.string().max(200).optional(),
})

const trialAnswer = z.object({
  verdict: z
    .enum(GUARD_VERDICTS)
    .describe('What would become of it: the gravest of what those say that mean it.'),
  text: z.string().describe('The text as it would go on.'),
  guardrails: z
    .array(
      z.object({
        guardrail: z.string(),
        kind: z.string(),
        action: z.enum(GUARD_ACTIONS),
        shadow: z.boolean(),
        verdict: z
          .enum(GUARD_VERDICTS)
          .nullable()
          .describe('Null: it asks a model or a server, and was not tried.'),
        found: z.array(
          z.object({
            detector: z.string(),
            start: z.int().describe('UTF-16 units.'),
            end: z.int().describe('Exclusive.'),
          }),
        ),
        counts: z
          .record(z.string(), z.int())
          .optional()
          .describe('Of a check that was asked: how often it has found each thing.'),
        spent_ms: z.number(),
      }),
    )
    .describe('In the order of the file.'),
})

const timeQuery = z.strictObject({ ...PERIOD_QUERY, from: PERIOD_QUERY.from.unwrap().default('24h') })

const listAnswer = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  data: z.array(guardrailAnswer),
  routes: z
    .array(z.string())
    .describe(`Routes of which a text can be tried, ${LIMITS.routesListed} at most.`),
  looked: z
    .object(PARTIAL_SHAPE)
    .describe(
      `Requests of clients are counted: the newest ${LIMITS.facetRows} at most, and here is said if there were more.`,
    ),
})

export interface GuardrailNeeds {
  readonly plan: () => Plan
  readonly requests: Pick<RequestLogStore, 'guardCounts'>
  readonly releases: Pick<ReleaseDesk, 'now' | 'schemaOf'>
  readonly metrics: Registry['read']
  readonly nowMs: () => number
  readonly clock: Clock
  readonly createPlaceholders: CreatePlaceholders
  /** By which checks ask about a text that is tried. */
  readonly checking: Pick<Gateway, 'ask' | 'enterAs'> & { readonly telemetry: Pick<Telemetry, 'log'> }
}

/** The guardrails in force, and what they would do with a text. */
export function guardrailRoutes(needs: GuardrailNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/guardrails',
      summary: 'The guardrails in force, in the order in which they look, and what they have said in a time.',
      query: timeQuery,
      answer: { status: 200, schema: listAnswer },
      handle: ({ query }) => listGuardrails(parseQuery(timeQuery, query), needs),
    },
    {
      method: 'POST',
      path: '/api/v1/guardrails/test',
      summary:
        'What guardrails would find in a text, and what would be done. The text is not kept, and nobody is asked.',
      body: trialBody,
      changesNothing: true,
      maxBodyBytes: LIMITS.guardrailTrialCharacters * 4,
      answer: { status: 200, schema: trialAnswer },
      handle: ({ body }) => jsonResponse(toTrialJson(tryHere(readTrial(body, needs), needs))),
    },
    {
      method: 'POST',
      path: CHECKS_PATH,
      summary:
        'The same, and what checks say of the text as others have left it: they ask the models that they are for, as the operator. The text is kept no further than any question to a model is.',
      body: trialBody,
      maxBodyBytes: LIMITS.guardrailTrialCharacters * 4,
      audit: { subject: 'guardrails', tells: ['phase', 'route', 'project'] },
      answer: { status: 200, schema: trialAnswer },
      async handle({ body }) {
        const trial = readTrial(body, needs)
        const { ask, telemetry } = needs.checking
        const { clock } = needs
        const parts = {
          ask,
          telemetry,
          clock,
          terms: needs.plan().guardrails,
          exchange: parentOf(trial, needs),
        }
        return jsonResponse(toTrialJson(await tryChecks(tryHere(trial, needs), trial, parts)))
      },
    },
  ]
}

function readTrial(body: Json, { plan }: GuardrailNeeds): Trial {
  const { text, phase, route = '', key: keyName = '', project } = parseBody(trialBody, body)
  const unknown = route === '' ? undefined : unknownRoute(route, { draft: plan() })
  if (unknown !== undefined) throw new AdminProblem('invalid-request', { detail: unknown.message })
  return { text, phase, subject: { route, keyName, project } }
}

function tryHere(trial: Trial, { plan, clock, createPlaceholders }: GuardrailNeeds): TriedText {
  return tryText(plan().guardrails, trial, { elapsedMs: () => clock.elapsedMs(), createPlaceholders })
}

/** An exchange that nobody answers, on whose behalf checks ask. */
function parentOf({ text, subject }: Trial, { plan, checking }: GuardrailNeeds): Exchange {
  const request = {
    operation: 'chat',
    model: subject.route,
    stream: false,
    wantsUsage: false,
    turns: [{ role: 'user', blocks: [{ type: 'text', text }] }],
  } as const
  const { signal } = new AbortController()
  const inbound = operatorInbound(request, { path: CHECKS_PATH, client: 'guardrails', signal })
  return checking.enterAs(operatorOf(plan())).open(inbound).exchange
}

async function listGuardrails(
  asked: z.output<typeof timeQuery>,
  { plan, requests, releases, metrics, nowMs }: GuardrailNeeds,
): Promise<Response> {
  const { fromMs, toMs } = readPeriod(asked, nowMs())
  const guardrails = plan().guardrails?.all ?? []
  const counts =
    guardrails.length === 0
      ? { verdicts: [], found: [], restored: [] }
      : await requests.guardCounts({ ...filterOf({ purpose: '' }), fromMs, toMs })
  const spent = spentBy(metrics())
  return jsonResponse({
    from: toTimeJson(fromMs),
    to: toTimeJson(toMs),
    data: guardrails.map((guardrail) =>
      toGuardrailJson(guardrail, {
        counts,
        spent,
        written: findObject(releases, { section: 'guardrails', name: guardrail.name }),
      }),
    ),
    routes: [...plan().routes.keys()].slice(0, LIMITS.routesListed),
    looked: partialBody('lookedAt' in counts ? counts.lookedAt : undefined),
  })
}
