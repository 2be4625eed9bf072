/** Why a call failed below HTTP. */
export type HttpErrorKind =
  /** No connection: refused, unknown host, no route, TLS refused, or a request that cannot be sent. The server never saw it. */
  | 'connect-failed'
  /** The address is silent: no headers within the connect limit, and no answer to a probe either. */
  | 'connect-timeout'
  | 'first-byte-timeout'
  /** A connection that may have been kept from an earlier call was closed before a byte of the answer: worth one repeat on a fresh one. */
  | 'stale-connection'
  /** Cut off after the request was sent and before the answer was whole, or the answer is not HTTP. */
  | 'connection-reset'
  | 'body-too-large'
  | 'destination-forbidden'
  /** The caller's signal, or `cancel`. */
  | 'aborted'

/** A call that failed below HTTP. Message and cause hold error codes only: never URLs, header values or bodies. */
export class HttpError extends Error {
  readonly kind: HttpErrorKind
  /** What had come of a body that broke off, where the whole of it was asked for in one piece. */
  received: Uint8Array | undefined

  constructor(kind: HttpErrorKind, detail?: string) {
    super(detail === undefined ? kind : `${kind}: ${detail}`, detail === undefined ? {} : { cause: detail })
    this.name = 'HttpError'
    this.kind = kind
  }
}
