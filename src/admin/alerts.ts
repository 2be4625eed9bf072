import { z } from 'zod'
import type { Alerting } from '../alerts/alerting.ts'
import type { Outbox } from '../alerts/outbox.ts'
import type { AlertPlan, AlertRule } from '../exchange/alert.ts'
import { parseDuration } from '../kit/duration.ts'
import { LIMITS } from '../kit/limits.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { AlertStore } from '../store/store.ts'
import { PAGE_QUERY, pageBody, pageSchema, parseBody, parseQuery, type AdminRoute } from './admin-route.ts'
import {
  alertAnswer,
  alertChannelAnswer,
  alertRuleAnswer,
  toAlertJson,
  toChannelJson,
  toRuleJson,
} from './alerts-json.ts'
import { AdminProblem, jsonResponse } from './problem.ts'

const LONGEST_MUTE_MS = 90 * 86_400_000
const MUTE = 'a time such as 2h, 90d at most'

const by = z.string().min(1).max(LIMITS.shownCharacters).optional().describe('Who says so.')

const muteBody = z.strictObject({
  for: z
    .string()
    .max(40)
    .refine((text) => isMute(parseDuration(text)), { error: MUTE })
    .transform((text) => parseDuration(text) ?? 0)
    .describe('How long the rule tells nobody, such as 2h.'),
  by,
})

const acknowledgeBody = z.strictObject({
  key: z
    .string()
    .max(LIMITS.loggedCharacters)
    .optional()
    .describe('Of one alert; left out: of all of the rule.'),
  by,
})

const historyQuery = z.strictObject({
  ...PAGE_QUERY,
  rule: z.string().max(100).optional().describe('Of one rule.'),
})

const alertsAnswer = z.object({
  rules: z.array(alertRuleAnswer),
  channels: z.array(alertChannelAnswer),
  waiting: z.int().describe('Messages that wait, of all channels.'),
})

export interface AlertRoutesNeeds {
  readonly alerts: { readonly alerting: Alerting; readonly outbox: Outbox; readonly plan: () => AlertPlan }
  readonly store: { readonly alerts: Pick<AlertStore, 'alerts'> }
  readonly nowMs: () => number
}

/** What rings, and who is told. */
export function alertRoutes(needs: AlertRoutesNeeds): AdminRoute[] {
  return [
    listRoute(needs),
    historyRoute(needs),
    muteRoute(needs),
    unmuteRoute(needs),
    acknowledgeRoute(needs),
  ]
}

function listRoute({ alerts: { alerting, outbox, plan } }: AlertRoutesNeeds): AdminRoute {
  return {
    method: 'GET',
    path: '/api/v1/alerts',
    summary: 'Rules with how each stands and what rings, and channels with how they do.',
    answer: { status: 200, schema: alertsAnswer },
    handle() {
      const { rules, channels } = plan()
      return jsonResponse({
        rules: [...rules.values()].map((rule) => viewOf(rule, alerting)),
        channels: [...channels.values()].map((channel) =>
          toChannelJson(channel, outbox.healthOf(channel.name), outbox.waitingFor(channel.name).length),
        ),
        waiting: outbox.size,
      })
    },
  }
}

function viewOf(rule: AlertRule, alerting: Alerting) {
  const { name } = rule
  return toRuleJson({
    rule,
    standing: alerting.standingOf(name),
    mute: alerting.muteOf(name),
    open: alerting.openOf(name),
  })
}

function historyRoute({ store }: AlertRoutesNeeds): AdminRoute {
  return {
    method: 'GET',
    path: '/api/v1/alerts/history',
    summary: 'Alerts that ring or rang, newest first.',
    query: historyQuery,
    answer: { status: 200, schema: pageSchema(alertAnswer) },
    async handle({ query }) {
      const { rule, limit, after } = parseQuery(historyQuery, query)
      const { rows, next } = await store.alerts.alerts({
        limit,
        ...(after !== undefined && { after }),
        ...(rule !== undefined && { rule }),
      })
      return jsonResponse(pageBody(rows.map(toAlertJson), next))
    },
  }
}

function muteRoute({ alerts: { alerting, plan }, nowMs }: AlertRoutesNeeds): AdminRoute {
  return {
    method: 'POST',
    path: '/api/v1/alerts/{rule}/mute',
    summary: 'Lets a rule tell nobody for a while; what still rings afterwards is told then.',
    body: muteBody,
    audit: { subject: 'alert-rule', tells: ['for', 'by'] },
    answer: { status: 200, schema: alertRuleAnswer },
    async handle({ params: { rule: name = '' }, body }) {
      const rule = findRule(name, plan())
      const { for: forMs, by: who } = parseBody(muteBody, body)
      await alerting.mute(rule.name, nowMs() + forMs, who)
      return jsonResponse(viewOf(rule, alerting))
    },
  }
}

function unmuteRoute({ alerts: { alerting, plan } }: AlertRoutesNeeds): AdminRoute {
  return {
    method: 'DELETE',
    path: '/api/v1/alerts/{rule}/mute',
    summary: 'Lets a rule tell again.',
    audit: { subject: 'alert-rule' },
    answer: { status: 200, schema: alertRuleAnswer },
    async handle({ params: { rule: name = '' } }) {
      const rule = findRule(name, plan())
      await alerting.mute(rule.name, undefined)
      return jsonResponse(viewOf(rule, alerting))
    },
  }
}

function acknowledgeRoute({ alerts: { alerting, plan } }: AlertRoutesNeeds): AdminRoute {
  return {
    method: 'POST',
    path: '/api/v1/alerts/{rule}/acknowledge',
    summary: 'Takes down that somebody knows of what rings.',
    body: acknowledgeBody,
    audit: { subject: 'alert-rule', tells: ['key', 'by'] },
    answer: { status: 200, schema: alertRuleAnswer },
    async handle({ params: { rule: name = '' }, body }) {
      const rule = findRule(name, plan())
      const { key, by: who } = parseBody(acknowledgeBody, body)
      const known = await alerting.acknowledge(rule.name, key, who)
      if (known.length === 0)
        throw new AdminProblem('not-found', {
          detail: `Nothing of the rule ${rule.name} rings${key === undefined ? '' : ' for this key'}.`,
        })
      return jsonResponse(viewOf(rule, alerting))
    },
  }
}

function isMute(ms: number | undefined): boolean {
  return ms !== undefined && ms > 0 && ms <= LONGEST_MUTE_MS
}

function findRule(name: string, { rules }: AlertPlan): AlertRule {
  const rule = rules.get(name)
  if (rule !== undefined) return rule
  throw new AdminProblem('not-found', {
    detail: `There is no rule ${name.slice(0, 100)}.`,
    nearest: nearestNames(name, rules.keys()),
  })
}
