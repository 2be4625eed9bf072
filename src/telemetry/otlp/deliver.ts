import { isObject, parseJsonObject } from '../../kit/json.ts'
import type { Secret } from '../../kit/secret.ts'
import type { Delivery } from '../sinks/delivery.ts'
import { isTaken, sendBody, type Carrier } from '../sinks/send-body.ts'

/** Where things are delivered, and with what words. */
export interface Destination {
  readonly url: string
  readonly headers: ReadonlyMap<string, Secret>
}

/** Whether a delivery is worth trying again is the protocol's to say (OTLP/HTTP, "Failures"). */
const AGAIN: readonly number[] = [429, 502, 503, 504]

/** Sends one body as JSON. Never rejects, and ends within its time whatever the other side does. */
export async function deliver(
  carrier: Carrier,
  { url, headers }: Destination,
  body: string,
): Promise<Delivery> {
  const written: Record<string, string> = { 'content-type': 'application/json' }
  for (const [name, secret] of headers) written[name] = secret.reveal()
  const said = await sendBody(carrier, { method: 'POST', url, headers: written, body, pool: url })
  if ('failed' in said) return { result: 'unavailable', why: said.failed }
  const { status, text } = said
  if (isTaken(status)) return { result: 'delivered', rejected: rejectedIn(text) }
  const why = `status ${status}`
  return AGAIN.includes(status) ? { result: 'unavailable', why } : { result: 'refused', why }
}

/** How many the collector says that it did not take (`partialSuccess`); nonsense says nothing. */
function rejectedIn(text: string): number {
  const partial = parseJsonObject(text)?.['partialSuccess']
  if (!isObject(partial)) return 0
  return Number(partial['rejectedSpans'] ?? partial['rejectedDataPoints'] ?? 0) || 0
}
