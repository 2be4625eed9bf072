import type { Clock } from '../../kit/clock.ts'
import { HttpError } from '../../kit/http-error.ts'
import type { HttpClient, HttpResponse } from '../../kit/http-client.ts'
import { LIMITS } from '../../kit/limits.ts'

/** By what things are delivered. */
export interface Carrier {
  readonly http: HttpClient
  readonly clock: Clock
}

/** One body on its way. */
export interface Parcel {
  readonly method: 'POST' | 'PUT'
  readonly url: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
  /** Who shares connections: one name for each destination and its credentials. */
  readonly pool: string
}

/** What the other side said, or why it said nothing. */
export type Said =
  | { readonly status: number; readonly headers: Headers; readonly text: string }
  | { readonly failed: string }

/** Sends one body. Never rejects, and ends within its time whatever the other side does. */
export async function sendBody({ http, clock }: Carrier, parcel: Parcel): Promise<Said> {
  try {
    const response = await http.send({
      ...parcel,
      controller: new AbortController(),
      connectTimeoutMs: LIMITS.sinkMs,
      firstByteTimeoutMs: LIMITS.sinkMs,
      freshConnection: false,
      egress: 'any',
    })
    const { status, headers } = response
    return { status, headers, text: await readText(response, clock) }
  } catch (thrown) {
    return { failed: thrown instanceof HttpError ? thrown.kind : String(thrown) }
  }
}

/** Is a status one of success? Redirects are none: they are not followed. */
export function isTaken(status: number): boolean {
  return status >= 200 && status < 300
}

/** What does not arrive of the answer in time is not waited for: the status has been told. */
async function readText(response: HttpResponse, clock: Clock): Promise<string> {
  const limit = clock.after(LIMITS.sinkMs, () => response.cancel())
  const text = await response
    .readAll(LIMITS.errorBodyBytes)
    .then((bytes) => new TextDecoder().decode(bytes))
    .catch(() => '')
  limit.cancel()
  return text
}
