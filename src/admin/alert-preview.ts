import { z } from 'zod'
import { previewRule, type AlertPreview } from '../alerts/preview.ts'
import { sayWatch } from '../alerts/kinds/all.ts'
import type { MeasureSource } from '../alerts/sources.ts'
import type { AlertWords } from '../config/alert-words.ts'
import { compileAlertRule, type AlertContext } from '../config/compile-alerts.ts'
import { formatPath } from '../config/problems.ts'
import { alertRuleSchema, type AlertRuleConfig } from '../config/schema/alerts.ts'
import type { AlertRule } from '../exchange/alert.ts'
import { entriesOf } from '../exchange/route.ts'
import type { Plan } from '../gateway/plan.ts'
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { parseBody, type AdminRoute } from './admin-route.ts'
import { toValueJson } from './alerts-json.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { toTimeJson } from './to-json.ts'

const DAYS = 'a whole number of days from 1 to 30'
const USUAL_DAYS = 14

const previewBody = z.strictObject({
  rule: alertRuleSchema.describe('A rule as the configuration writes it.'),
  days: z.int({ error: DAYS }).min(1, { error: DAYS }).max(30, { error: DAYS }).default(USUAL_DAYS),
})

const time = z.iso.datetime()

const previewAnswer = z.object({
  says: z.string().describe('What it rings for, in a sentence.'),
  from: time,
  to: time,
  replayed: z.boolean().describe('False where what it watches is not kept over time.'),
  why: z.string().nullable().describe('Why it could not be replayed.'),
  fired: z.int().nullable().describe('How often it would have rung.'),
  alerts: z
    .array(
      z.object({
        key: z.string(),
        fired_at: time,
        resolved_at: time.nullable().describe('Null: it would ring still.'),
        text: z.string(),
        value: z.number().nullable(),
        unit: z.string().nullable(),
      }),
    )
    .describe('The latest of those, the newest first.'),
  fine_from: time
    .nullable()
    .describe('Since when it was looked at by minutes; what is older is told by whole hours.'),
  looked_back_to: time.nullable().describe('Requests before were not looked at: there were too many.'),
})

export interface AlertPreviewNeeds {
  readonly measures: MeasureSource
  readonly words: AlertWords
  readonly plan: () => Plan
  readonly clock: Clock
}

/** What a rule would have done that is not in force. */
export function alertPreviewRoutes({ measures, words, plan, clock }: AlertPreviewNeeds): AdminRoute[] {
  let running = false
  return [
    {
      method: 'POST',
      path: '/api/v1/alerts/preview',
      summary: 'How often a rule would have rung in the last days, and when.',
      body: previewBody,
      changesNothing: true,
      answer: { status: 200, schema: previewAnswer },
      async handle({ body }) {
        const { rule: written, days } = parseBody(previewBody, body)
        const rule = compileDraft(written, contextOf(plan(), words))
        if (running)
          throw new AdminProblem('not-now', {
            detail: 'Another rule is being tried.',
            headers: { 'retry-after': '2' },
          })
        running = true
        try {
          const preview = await previewRule(rule, days, { measures, clock })
          const nowMs = clock.nowMs()
          const answer = 'why' in preview ? { why: preview.why } : preview
          return jsonResponse(toPreviewJson(rule, answer, { fromMs: nowMs - days * DAY_MS, toMs: nowMs }))
        } finally {
          running = false
        }
      },
    },
  ]
}

const DAY_MS = 86_400_000

/** Throws AdminProblem with everything that is wrong with the draft. */
function compileDraft(written: AlertRuleConfig, context: AlertContext): AlertRule {
  const { rule, drafts } = compileAlertRule('draft', written, context)
  if (rule !== undefined) return rule
  throw new AdminProblem('invalid-request', {
    detail: 'The rule has mistakes.',
    errors: drafts.map(({ path, message, hint }) => ({
      path: formatPath(['rule', ...path]),
      message,
      ...defined({ hint }),
    })),
  })
}

function contextOf({ alerts, drills, projects, routes }: Plan, words: AlertWords): AlertContext {
  const targets = [...routes.values()].flatMap((route) =>
    entriesOf(route).map(({ target }) => target.provider),
  )
  return {
    words,
    channelNames: [...(alerts?.channels.keys() ?? [])],
    drillNames: [...(drills?.keys() ?? [])],
    projectNames: [...projects.keys()],
    providerNames: [...new Set(targets)],
  }
}

interface Told {
  readonly fromMs: number
  readonly toMs: number
}

function toPreviewJson(
  rule: AlertRule,
  preview: AlertPreview | { readonly why: string },
  asked: Told,
): JsonObject {
  const says = sayWatch(rule.watch)
  if ('why' in preview)
    return {
      says,
      from: toTimeJson(asked.fromMs),
      to: toTimeJson(asked.toMs),
      replayed: false,
      why: preview.why,
      fired: null,
      alerts: [],
      fine_from: null,
      looked_back_to: null,
    }
  const unit = rule.watch.on === 'measure' ? rule.watch.unit : 'usd'
  return {
    says,
    from: toTimeJson(preview.fromMs),
    to: toTimeJson(preview.toMs),
    replayed: true,
    why: null,
    fired: preview.fired,
    alerts: preview.alerts.map(({ key, firedAtMs, resolvedAtMs, text, value }) => ({
      key,
      fired_at: toTimeJson(firedAtMs),
      resolved_at: resolvedAtMs === undefined ? null : toTimeJson(resolvedAtMs),
      text,
      ...toValueJson(value, unit),
    })),
    fine_from: toTimeJson(preview.fineFromMs),
    looked_back_to: preview.lookedBackToMs === undefined ? null : toTimeJson(preview.lookedBackToMs),
  }
}
