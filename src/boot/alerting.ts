import { Alerting } from '../alerts/alerting.ts'
import { Outbox } from '../alerts/outbox.ts'
import { createSendMessage } from '../alerts/send-message.ts'
import type { AlertSources } from '../alerts/sources.ts'
import type { AlertPlan } from '../exchange/alert.ts'
import type { Plan } from '../gateway/plan.ts'
import { createMailer } from '../kit/mailer.ts'
import type { StatusReport } from '../admin/status-report.ts'
import { createAlertSources } from './alert-sources.ts'
import type { Engine } from './engine.ts'
import type { Foundation } from './foundation.ts'

const NO_ALERTS: AlertPlan = { rules: new Map(), channels: new Map() }

/** What rings, and what it is told by. */
export interface RunningAlerts {
  /** The rules in force. */
  readonly plan: () => AlertPlan
  readonly alerting: Alerting
  readonly outbox: Outbox
  readonly sources: AlertSources
}

/** Begins to look at what the rules of the plan watch. Rejects when the store cannot be read. */
export async function openAlerting(
  foundation: Foundation,
  { gateway, health, keys, parts }: Engine,
  report: (outbox: Outbox) => Pick<StatusReport, 'troubles' | 'configHealthy'>,
): Promise<RunningAlerts> {
  const { store, clock, telemetry, ids, http, registry } = foundation
  const plan = (): AlertPlan => alertPlan(gateway.plan())
  const send = createSendMessage({ plan, http, mailer: createMailer({ clock }), clock })
  const outbox = new Outbox({
    store: store.alerts,
    send,
    clock,
    telemetry,
    mintId: () => ids.mint('msg'),
  })
  const sources = createAlertSources({
    store,
    health,
    keys,
    budgets: parts.budgets,
    plan: () => gateway.plan(),
    report: () => report(outbox),
    dropped: () => countOf(registry, 'gatehouse_log_dropped_total'),
    clock,
  })
  const alerting = new Alerting({ plan, sources, store: store.alerts, outbox, clock, ids, telemetry })
  await alerting.begin()
  return { plan, alerting, outbox, sources }
}

/** The rules of a plan. */
function alertPlan({ alerts = NO_ALERTS }: Plan): AlertPlan {
  return alerts
}

function countOf({ read }: Foundation['registry'], metric: string): number {
  const view = read().find(({ name }) => name === metric)
  return (view?.numbers ?? []).reduce((sum, { value }) => sum + value, 0)
}
