import type { Clock } from './clock.ts'

/** Why a call failed below HTTP. */
export type HttpErrorKind =
  | 'connect-failed'
  | 'connect-timeout'
  | 'first-byte-timeout'
  | 'stale-connection'
  | 'connection-reset'
  | 'body-too-large'
  | 'destination-forbidden'
  | 'aborted'

/** A call that failed below HTTP. Its message and cause never hold header values or bodies. */
export class HttpError extends Error {
  readonly kind: HttpErrorKind

  constructor(kind: HttpErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
    this.name = 'HttpError'
    this.kind = kind
  }
}

/** One request to one origin. */
export interface HttpRequest {
  readonly method: string
  readonly url: string
  /** Lower-case names. Sent as they are, plus `accept-encoding: identity` unless given. */
  readonly headers: Record<string, string>
  readonly body?: Uint8Array | string
  /** Aborting closes the connection, before and after the headers. */
  readonly signal: AbortSignal
  readonly connectTimeoutMs: number
  /** Until the response headers. */
  readonly firstByteTimeoutMs: number
  /** True: a connection of its own, closed afterwards. For the one repeat after `stale-connection`. */
  readonly freshConnection: boolean
  /** The scope of connection sharing, one per credential: two pools never share a connection. */
  readonly pool: string
  /** `public-only` refuses every address that is not on the public internet, for URLs that a tenant wrote. */
  readonly egress: 'any' | 'public-only'
}

/** A response whose headers have arrived. Redirects are not followed. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Headers
  /** The next bytes, or undefined at the end. Rejects with HttpError. One read at a time. */
  read(): Promise<Uint8Array | undefined>
  /** The whole (rest of the) body. Rejects with HttpError, `body-too-large` beyond `maxBytes`. */
  readAll(maxBytes: number): Promise<Uint8Array>
  /** Closes the connection without reading on. Harmless when the body is over. */
  cancel(): void
}

export interface HttpClient {
  /** Sends a request and waits for the response headers. Rejects with HttpError only. */
  send(request: HttpRequest): Promise<HttpResponse>
  /** Closes the idle connections of all pools. Calls in flight finish. */
  close(): void
}

export interface HttpClientOptions {
  readonly clock: Clock
}

/** Creates the client through which every call to a provider goes. */
export function createHttpClient(_options: HttpClientOptions): HttpClient {
  throw new Error('not built yet')
}
