/** What a rejection of Bun's `fetch` says about the connection. */
export interface FetchError {
  /** The runtime's or system's word, safe to print. */
  readonly code: string
  /** False when the request cannot have reached the server. */
  readonly sent: boolean
}

/** Codes of the resolver, the route and the TCP handshake. */
const UNREACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'ENODATA',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
  'ETIMEDOUT',
  'EPROTO',
  'ConnectionRefused',
  'FailedToOpenSocket',
  'ERR_INVALID_URL',
  'ERR_INVALID_ARG_VALUE',
])
/** Verdicts on certificates, in OpenSSL's spelling and Node's. */
const TLS_REFUSAL = /CERT|TLS|SSL|^UNABLE_TO_|^INVALID_CA|^HOSTNAME_MISMATCH/

/**
 * Reads what `fetch` or a body rejected with. Messages are left behind: they quote URLs, and URLs may hold keys.
 * A rejection without a code was thrown while the request was put together, so nothing was sent.
 */
export function readFetchError(error: unknown): FetchError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (typeof code !== 'string') return { code: 'EINVAL', sent: false }
  return { code, sent: !UNREACHED.has(code) && !TLS_REFUSAL.test(code) }
}
