import { OWN_HEADERS } from '../exchange/own-headers.ts'
import { LIMITS } from '../kit/limits.ts'

/**
 * The provider's headers that a client gets to see, by the name under which it sees them. Everything else is dropped:
 * cookies, server and proxy names, ids of our organisation, and rate limits of keys that many clients share.
 * The provider's request id is renamed, because the client's own id has that name.
 */
const VISIBLE: Readonly<Record<string, string>> = {
  'x-request-id': OWN_HEADERS.upstreamRequestId,
  'request-id': OWN_HEADERS.upstreamRequestId,
  'openai-processing-ms': 'openai-processing-ms',
  'openai-version': 'openai-version',
  'openai-model': 'openai-model',
  'retry-after': 'retry-after',
  'retry-after-ms': 'retry-after-ms',
}

/** Picks the headers of a provider's answer that may be shown, lower case. */
export function visibleHeaders(headers: Headers): Record<string, string> {
  const visible: Record<string, string> = {}
  for (const name in VISIBLE) {
    const value = headers.get(name)
    const shownAs = VISIBLE[name]
    if (value === null || shownAs === undefined || value.length > LIMITS.headerValueBytes) continue
    visible[shownAs] = value
  }
  return visible
}

/**
 * True for a body in a coding, none of which we ask for (RFC 9110, 12.5.3). What a few bytes unfold to is not known before they
 * are in memory, so such a body is not read at all.
 */
export function isCoded(headers: Headers): boolean {
  const coding = headers.get('content-encoding')?.trim().toLowerCase() ?? ''
  return coding !== '' && coding !== 'identity'
}
