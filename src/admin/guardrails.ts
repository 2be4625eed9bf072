import { z } from 'zod'
import { GUARD_PHASES, GUARD_VERDICTS, type CreatePlaceholders } from '../exchange/guard.ts'
import type { Plan } from '../gateway/plan.ts'
import type { Guardrail } from '../guardrails/guardrail.ts'
import { toTrialJson, tryText } from '../insight/try-guardrails.ts'
import { unknownRoute } from '../insight/unknown-route.ts'
import type { Clock } from '../kit/clock.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { parseBody, type AdminRoute } from './admin-route.ts'
import { AdminProblem, jsonResponse } from './problem.ts'

const ACTIONS = ['block', 'mask', 'flag', 'restrict'] as const

const names = z
  .array(z.string())
  .nullable()
  .describe('Names, with * at the end for any rest; null: everywhere.')

const guardrailAnswer = z.object({
  name: z.string(),
  kind: z.string().describe('What it looks for.'),
  action: z.enum(ACTIONS),
  mode: z.enum(['enforce', 'shadow']),
  phases: z.array(z.enum(GUARD_PHASES)),
  on_error: z.enum(['allow', 'block']),
  budget_ms: z.number(),
  restore: z.boolean().nullable().describe('Of mask: whether it is put back in the answer.'),
  answer: z.enum(['error', 'refusal']).nullable().describe('Of block: what the client gets.'),
  only: z.array(z.string()).nullable().describe('Of restrict: what every target must fulfil.'),
  routes: names,
  projects: names,
  keys: names,
})

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
        action: z.enum(ACTIONS),
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

export interface GuardrailNeeds {
  readonly plan: () => Plan
  readonly clock: Pick<Clock, 'elapsedMs'>
  readonly createPlaceholders: CreatePlaceholders
}

/** The guardrails in force, and what they would do with a text. */
export function guardrailRoutes({ plan, clock, createPlaceholders }: GuardrailNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/guardrails',
      summary: 'The guardrails in force, in the order in which they look.',
      answer: { status: 200, schema: z.object({ data: z.array(guardrailAnswer) }) },
      handle: () => jsonResponse({ data: (plan().guardrails?.all ?? []).map(toGuardrailJson) }),
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

function toGuardrailJson(guardrail: Guardrail): JsonObject {
  const { name, kind, action, isShadow, phases, onError, budgetMs, routes, projects, keys } = guardrail
  return {
    name,
    kind,
    action: action.type,
    mode: isShadow ? 'shadow' : 'enforce',
    phases,
    on_error: onError,
    budget_ms: budgetMs,
    restore: action.type === 'mask' ? action.restore : null,
    answer: action.type === 'block' ? action.answer : null,
    only: action.type === 'restrict' ? action.only.map(({ text }) => text) : null,
    routes: routes ?? null,
    projects: projects ?? null,
    keys: keys ?? null,
  }
}
