import type { Secret } from '../../kit/secret.ts'
import { webhookHeaders, webhookKey } from '../../kit/standard-webhook.ts'
import type { AlertItem } from '../../store/alerts.ts'
import { defined } from '../../kit/defined.ts'
import type { ChannelMessage, ChannelRequest } from './channel-message.ts'

/** A message as JSON, signed as Standard Webhooks has it where there is a secret. */
export function writeWebhook(
  message: ChannelMessage,
  { url, secret }: { readonly url: Secret; readonly secret?: Secret },
  nowMs: number,
): ChannelRequest {
  const { id, items, link } = message
  const [first] = items
  const body = JSON.stringify({
    type: items.length === 1 ? `alert.${first?.event ?? 'test'}` : 'alert.digest',
    timestamp: new Date(first?.atMs ?? nowMs).toISOString(),
    data: { alerts: items.map(toJson), ...defined({ link }) },
  })
  const atSeconds = Math.floor(nowMs / 1_000)
  const key = secret && webhookKey(secret)
  const signed = key === undefined ? { 'webhook-id': id } : webhookHeaders({ id, atSeconds, body }, key)
  return { url: url.reveal(), headers: { 'content-type': 'application/json', ...signed }, body }
}

function toJson(item: AlertItem) {
  const { event, alertId, rule, kind, key, severity, text, description, sinceMs, atMs } = item
  return {
    event,
    id: alertId,
    rule,
    kind,
    key,
    severity,
    text,
    ...defined({ description }),
    since: new Date(sinceMs).toISOString(),
    at: new Date(atMs).toISOString(),
  }
}
