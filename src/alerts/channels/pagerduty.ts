import type { Secret } from '../../kit/secret.ts'
import type { AlertItem } from '../../store/alerts.ts'
import { defined } from '../../kit/defined.ts'
import { jsonRequest, toPlainItem, type ChannelMessage, type ChannelRequest } from './channel-message.ts'

const SUMMARY_CHARACTERS = 1_000
const SEVERITIES: Readonly<Record<string, string>> = {
  info: 'info',
  warning: 'warning',
  critical: 'critical',
}

/**
 * Events of PagerDuty (Events API v2): one for each item. The id of the alert is the key by which what is over finds what rang; a test is
 * over at once.
 */
export function writePagerDuty(
  message: ChannelMessage,
  { url, routingKey }: { readonly url: string; readonly routingKey: Secret },
): readonly ChannelRequest[] {
  return message.items.flatMap((item) => {
    const actions = item.event === 'test' ? (['trigger', 'resolve'] as const) : [ACTIONS[item.event]]
    return actions.map((action) =>
      jsonRequest(url, {
        routing_key: routingKey.reveal(),
        event_action: action,
        dedup_key: item.alertId,
        ...(action === 'trigger' && { payload: payloadOf(item), client: 'Gatehouse', ...clientUrl(message) }),
      }),
    )
  })
}

const ACTIONS = { fired: 'trigger', resolved: 'resolve' } as const

function payloadOf(item: AlertItem): object {
  const { title, text, description } = toPlainItem(item)
  return {
    summary: `${title}: ${text}`.slice(0, SUMMARY_CHARACTERS),
    source: 'gatehouse',
    severity: SEVERITIES[item.severity] ?? 'warning',
    timestamp: new Date(item.sinceMs).toISOString(),
    class: item.kind,
    group: item.rule,
    ...(description !== undefined && { custom_details: { description } }),
  }
}

function clientUrl({ link }: ChannelMessage): object {
  return defined({ client_url: link })
}
