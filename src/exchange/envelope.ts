/**
 * What a client's request says outside of its body. Nothing of it is copied: whoever needs a word of it (a condition, a list of
 * addresses, the detection of clients, tracing) reads it when it is needed.
 */
export interface Envelope {
  /** A header of the client, whatever the case of the name; undefined where it is absent. */
  header(name: string): string | undefined
  /** The headers that the client's dialect lets through to providers, lower case. */
  readonly forwarded: Readonly<Record<string, string>>
  /** IP address of whoever holds the other end of the connection; empty once that is gone. */
  readonly address: string
  /** Path of the request as endpoints are found by it: single slashes, none at the end, without the query. */
  readonly path: string
  /** Gateways that the request has come through before this one; 0 for a client's own. */
  readonly hops: number
  /** The trace that the client is in (W3C Trace Context, `traceparent`), as it stands in the header. */
  readonly traceparent: string | undefined
}
