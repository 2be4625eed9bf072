import { z } from 'zod'
import { GUARD_PHASES, GUARD_VERDICTS, type CreatePlaceholders } from '../exchange/guard.ts'
import type { Plan } from '../gateway/plan.ts'
import { toTrialJson, tryText } from '../insight/try-guardrails.ts'
import { unknownRoute } from '../insight/unknown-route.ts'
import type { Registry } from '../telemetry/registry.ts'
import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import { filterOf } from '../insight/read-query.ts'
import type { RequestLogStore } from '../store/store.ts'
import { parseBody, parseQuery, type AdminRoute } from './admin-route.ts'
import { findObject } from './config-listing.ts'
import { GUARD_ACTIONS, guardrailAnswer, spentBy, toGuardrailJson } from './guardrails-json.ts'
import { PERIOD_QUERY, readPeriod } from './period.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import type { ReleaseDesk } from './release-desk.ts'
import { partialBody, PARTIAL_SHAPE } from './request-filter.ts'
import { toTimeJson } from './to-json.ts'

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
  readonly clock: Pick<Clock, 'elapsedMs'>
  readonly createPlaceholders: CreatePlaceholders
}

/** The guardrails in force, and what they would do with a text. */
export function guardrailRoutes(needs: GuardrailNeeds): AdminRoute[] {
  const { plan, clock, createPlaceholders } = needs
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
      handle({ body }) {
        const { text, phase, route = '', key: keyName = '', project } = parseBody(trialBody, body)
        const current = plan()
        const unknown = route === '' ? undefined : unknownRoute(route, { draft: current })
        if (unknown !== undefined) throw new AdminProblem('invalid-request', { detail: unknown.message })
        const trial = { text, phase, subject: { route, keyName, project } }
        const elapsedMs = (): number => clock.elapsedMs()
        return jsonResponse(
          toTrialJson(tryText(current.guardrails, trial, { elapsedMs, createPlaceholders })),
        )
      },
    },
  ]
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
