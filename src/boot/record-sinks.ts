import type { SinkTerms } from '../config/schema/sinks.ts'
import type { SecretsByReference } from '../config/secrets.ts'
import { toRecord } from '../insight/request-record.ts'
import { LIMITS } from '../kit/limits.ts'
import { Secret } from '../kit/secret.ts'
import { webhookKey } from '../kit/standard-webhook.ts'
import type { EndedRequest } from '../telemetry/ended-request.ts'
import { deliver } from '../telemetry/otlp/deliver.ts'
import { LANGFUSE, LANGFUSE_PATH } from '../telemetry/otlp/langfuse.ts'
import type { Origin } from '../telemetry/otlp/otlp-json.ts'
import { writeTraces } from '../telemetry/otlp/tracing.ts'
import { createClickHouse } from '../telemetry/sinks/clickhouse.ts'
import type { Delivery } from '../telemetry/sinks/delivery.ts'
import { createObjectStore } from '../telemetry/sinks/object-store.ts'
import { deliverRecords, type RecordChannel } from '../telemetry/sinks/record-channel.ts'
import type { Carrier } from '../telemetry/sinks/send-body.ts'
import { createWebhook } from '../telemetry/sinks/webhook.ts'

/** How what a sink gets is gathered and sent. */
export interface SinkPlan {
  readonly deliver: (batch: readonly EndedRequest[]) => Promise<Delivery>
  readonly everyMs: number
  readonly batchItems: number
}

/** What sinks are opened with. */
export interface SinkNeeds {
  readonly carrier: Carrier
  readonly secrets: SecretsByReference
  readonly origin: Origin
}

const EVERY_MS = 5_000
/** Objects are better few and large. */
const OBJECT_EVERY_MS = 60_000
const WEBHOOK_BATCH = 100

/** How a sink of the file is sent to. */
export function planSink(terms: SinkTerms, needs: SinkNeeds): SinkPlan {
  const { langfuse, s3, webhook } = terms
  const { carrier } = needs
  const everyMs = terms.every ?? (s3 === undefined ? EVERY_MS : OBJECT_EVERY_MS)
  if (langfuse !== undefined)
    return { deliver: toLangfuse(langfuse, needs), everyMs, batchItems: terms.batch ?? LIMITS.sinkBatch }
  const channel = openChannel(terms, needs)
  return {
    deliver: (batch) => deliverRecords(channel, { toRecord, clock: carrier.clock }, batch),
    everyMs,
    batchItems: terms.batch ?? (webhook === undefined ? LIMITS.sinkRecords : WEBHOOK_BATCH),
  }
}

function openChannel({ webhook, s3, clickhouse }: SinkTerms, { carrier, secrets }: SinkNeeds): RecordChannel {
  const read = (reference: string | undefined): Secret | undefined =>
    reference === undefined ? undefined : secrets.get(reference)
  if (webhook !== undefined) {
    const secret = read(webhook.secret)
    const headers = new Map<string, Secret>()
    for (const [name, reference] of Object.entries(webhook.headers))
      headers.set(name.toLowerCase(), read(reference) ?? NOTHING)
    return createWebhook(carrier, { ...webhook, headers, key: secret && webhookKey(secret) })
  }
  if (s3 !== undefined) {
    const { endpoint, path_style: pathStyle = endpoint !== undefined } = s3
    return createObjectStore(carrier, {
      ...s3,
      endpoint,
      pathStyle,
      accessKey: read(s3.access_key) ?? NOTHING,
      secretKey: read(s3.secret_key) ?? NOTHING,
      sessionToken: read(s3.session_token),
    })
  }
  if (clickhouse !== undefined)
    return createClickHouse(carrier, {
      ...clickhouse,
      user: read(clickhouse.user),
      password: read(clickhouse.password),
    })
  throw new RangeError('a sink of no kind')
}

/** A reference that stands for nothing is refused before anything is opened. */
const NOTHING = new Secret('')

function toLangfuse(
  { url, public_key: publicKey, secret_key: secretKey }: NonNullable<SinkTerms['langfuse']>,
  { carrier, secrets, origin }: SinkNeeds,
): SinkPlan['deliver'] {
  const pair = [publicKey, secretKey].map((reference) => secrets.get(reference)?.reveal() ?? '').join(':')
  const headers = new Map([['authorization', new Secret(`Basic ${Buffer.from(pair).toString('base64')}`)]])
  const destination = { url: `${url}${LANGFUSE_PATH}/v1/traces`, headers }
  const writing = { version: '1.41', extras: LANGFUSE } as const
  return (batch) => deliver(carrier, destination, writeTraces(batch, origin, writing))
}
