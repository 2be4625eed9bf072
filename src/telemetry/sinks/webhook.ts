import type { Secret } from '../../kit/secret.ts'
import { webhookHeaders } from '../../kit/standard-webhook.ts'
import { DELIVERED, type Delivery } from './delivery.ts'
import type { RecordBatch, RecordChannel } from './record-channel.ts'
import { isTaken, sendBody, type Carrier } from './send-body.ts'

/** How a body is written: one object with a list, or a record on each line. */
export const WEBHOOK_FORMATS = ['json', 'jsonl'] as const

/** Where records are posted. */
export interface WebhookTerms {
  readonly url: string
  readonly format: (typeof WEBHOOK_FORMATS)[number]
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, Secret>
  /** What deliveries are signed with, by Standard Webhooks; absent: they are not. */
  readonly key?: Uint8Array | undefined
}

/** What kind of message it is, as Standard Webhooks wants one to say. */
const TYPE = 'gatehouse.requests'

/** The receiver has understood the message and does not want it: it would not the next time either. */
const REFUSED: readonly number[] = [400, 410, 413, 415, 422]

/** Creates a channel to somebody who takes records by HTTP. */
export function createWebhook(carrier: Carrier, terms: WebhookTerms): RecordChannel {
  return {
    spell: (record) => JSON.stringify(record),
    async send(batch) {
      const body = terms.format === 'json' ? writeMessage(batch) : `${batch.lines.join('\n')}\n`
      const said = await sendBody(carrier, {
        method: 'POST',
        url: terms.url,
        headers: headersOf(terms, { batch, body, nowMs: carrier.clock.nowMs() }),
        body,
        pool: terms.url,
      })
      if ('failed' in said) return { result: 'unavailable', why: said.failed }
      return judge(said.status)
    },
  }
}

/** Times are those of the records: what is sent again says the same. */
function writeMessage({ atMs, lines }: RecordBatch): string {
  const head = JSON.stringify({ type: TYPE, timestamp: new Date(atMs).toISOString() })
  return `${head.slice(0, -1)},"data":[${lines.join(',')}]}`
}

interface Message {
  readonly batch: RecordBatch
  readonly body: string
  readonly nowMs: number
}

function headersOf(
  { headers, format, key }: WebhookTerms,
  { batch, body, nowMs }: Message,
): Record<string, string> {
  const written: Record<string, string> = {}
  for (const [name, secret] of headers) written[name] = secret.reveal()
  written['content-type'] = format === 'json' ? 'application/json' : 'application/x-ndjson'
  if (key === undefined) return written
  const signed = webhookHeaders({ id: `msg_${batch.id}`, atSeconds: Math.floor(nowMs / 1_000), body }, key)
  return { ...written, ...signed }
}

function judge(status: number): Delivery {
  if (isTaken(status)) return DELIVERED
  return { result: REFUSED.includes(status) ? 'refused' : 'unavailable', why: `status ${status}` }
}
