import type { Secret } from './secret.ts'

const PREFIX = 'whsec_'
const LEAST_BYTES = 24
const MOST_BYTES = 64

/** What a webhook carries besides its signature. */
export interface WebhookMessage {
  /** The same however often it is sent again; without full stops. */
  readonly id: string
  /** Of this attempt, seconds since 1970. */
  readonly atSeconds: number
  /** As it is sent, to the byte. */
  readonly body: string
}

/**
 * The key of a secret of Standard Webhooks (`whsec_` and 24 to 64 bytes in base64); undefined where it is none.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhookKey(secret: Secret): Uint8Array | undefined {
  const text = secret.reveal()
  if (!text.startsWith(PREFIX) || !/^[A-Za-z0-9+/]+={0,2}$/.test(text.slice(PREFIX.length))) return undefined
  const key = Buffer.from(text.slice(PREFIX.length), 'base64')
  return key.length >= LEAST_BYTES && key.length <= MOST_BYTES ? key : undefined
}

/** The headers by which a receiver knows who sent a message, when, and that nothing of it was changed: HMAC-SHA-256, version `v1`. */
export function webhookHeaders(
  { id, atSeconds, body }: WebhookMessage,
  key: Uint8Array,
): Record<string, string> {
  const signature = new Bun.CryptoHasher('sha256', key).update(`${id}.${atSeconds}.${body}`).digest('base64')
  return {
    'webhook-id': id,
    'webhook-timestamp': String(atSeconds),
    'webhook-signature': `v1,${signature}`,
  }
}
