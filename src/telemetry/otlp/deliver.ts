import type { Clock } from '../../kit/clock.ts'
import { HttpError } from '../../kit/http-error.ts'
import type { HttpClient, HttpResponse } from '../../kit/http-client.ts'
import { isObject, parseJsonObject } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { toPlainText } from '../../kit/plain-text.ts'
import type { Secret } from '../../kit/secret.ts'

/** Where things are delivered, and with what words. */
export interface Destination {
  readonly url: string
  readonly headers: ReadonlyMap<string, Secret>
}

/** What became of a delivery: whether it is worth trying again is the protocol's to say (OTLP/HTTP, "Failures"). */
export type Delivery =
  | { readonly result: 'delivered'; readonly rejected: number }
  | { readonly result: 'refused'; readonly why: string }
  | { readonly result: 'unavailable'; readonly why: string }

const AGAIN: readonly number[] = [429, 502, 503, 504]
const WHY_CHARACTERS = 200

/** By what things are delivered. */
export interface Carrier {
  readonly http: HttpClient
  readonly clock: Clock
}

/** Sends one body as JSON. Never rejects, and ends within its time whatever the other side does. */
export async function deliver(
  { http, clock }: Carrier,
  { url, headers }: Destination,
  body: string,
): Promise<Delivery> {
  const written: Record<string, string> = { 'content-type': 'application/json' }
  for (const [name, secret] of headers) written[name] = secret.reveal()
  try {
    const response = await http.send({
      method: 'POST',
      url,
      headers: written,
      body,
      controller: new AbortController(),
      connectTimeoutMs: LIMITS.sinkMs,
      firstByteTimeoutMs: LIMITS.sinkMs,
      freshConnection: false,
      pool: url,
      egress: 'any',
    })
    return await read(response, clock)
  } catch (thrown) {
    return { result: 'unavailable', why: thrown instanceof HttpError ? thrown.kind : String(thrown) }
  }
}

/** What does not arrive of the answer in time is not waited for: the status has been told. */
async function read(response: HttpResponse, clock: Clock): Promise<Delivery> {
  const { status } = response
  if (status < 200 || status >= 300) {
    response.cancel()
    const why = `status ${status}`
    return AGAIN.includes(status) ? { result: 'unavailable', why } : { result: 'refused', why }
  }
  const limit = clock.after(LIMITS.sinkMs, () => response.cancel())
  const text = await response
    .readAll(LIMITS.errorBodyBytes)
    .then((bytes) => new TextDecoder().decode(bytes))
    .catch(() => '')
  limit.cancel()
  return { result: 'delivered', rejected: rejectedIn(text) }
}

/** How many the collector says that it did not take (`partialSuccess`); nonsense says nothing. */
function rejectedIn(text: string): number {
  const partial = parseJsonObject(text)?.['partialSuccess']
  if (!isObject(partial)) return 0
  return Number(partial['rejectedSpans'] ?? partial['rejectedDataPoints'] ?? 0) || 0
}

/** A reason as it can be shown. */
export function shownReason(why: string): string {
  return toPlainText(why, WHY_CHARACTERS)
}
