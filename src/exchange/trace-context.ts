import type { Exchange } from './exchange.ts'

/** Crockford's base 32, in which request ids are written (`kit/ids.ts`). */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const HEX = '0123456789abcdef'
const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/
/** W3C Trace Context, 3.2: version, trace, parent, flags. Of later versions what this one knows is read (4.3). */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/
const SAMPLED = 1

/** Where a request stands in a trace (W3C Trace Context). */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** The request's own span, 16 hexadecimal digits. */
  readonly spanId: string
  /** The span that it stands under; absent where the trace begins here. */
  readonly parentSpanId?: string
  /** What the client has decided about recording it; absent where it has said nothing. */
  readonly sampled?: boolean
}

/**
 * The trace that an exchange belongs to: its client's where that has told one, else one of its own, which is its id in another
 * spelling, so that either leads to the other. What the house asks on behalf of an exchange stands in the trace of that one.
 * Everything is worked out from ids: nothing is drawn, and nothing kept.
 */
export function traceOf({ id, asked, envelope }: Pick<Exchange, 'id' | 'asked' | 'envelope'>): TraceContext {
  const told = readTraceparent(envelope.traceparent)
  const spanId = spanIdOf(id)
  const traceId = told?.traceId ?? traceIdOf(asked?.parentId ?? id)
  const decided = told === undefined ? {} : { sampled: told.sampled }
  if (asked !== undefined) return { traceId, spanId, parentSpanId: spanIdOf(asked.parentId), ...decided }
  return told === undefined ? { traceId, spanId } : { traceId, spanId, parentSpanId: told.spanId, ...decided }
}

/** By what a line of the log is found: the request that it belongs to, and its trace. */
export function requestFields(exchange: Pick<Exchange, 'id' | 'asked' | 'envelope'>): {
  readonly requestId: string
  readonly traceId: string
} {
  return { requestId: exchange.id, traceId: traceOf(exchange).traceId }
}

/** The id of the span of a request or an attempt. */
export function spanIdOf(id: string): string {
  const hash = Bun.hash.xxHash64(id)
  return (hash === 0n ? 1n : hash).toString(16).padStart(16, '0')
}

/** The context that a provider is told of: this attempt is the parent of what it does. */
export function traceparentOf(
  { traceId, sampled }: Pick<TraceContext, 'traceId' | 'sampled'>,
  attemptId: string,
): string {
  return `00-${traceId}-${spanIdOf(attemptId)}-0${sampled === false ? 0 : SAMPLED}`
}

/** The 128 bits of a request id. */
function traceIdOf(requestId: string): string {
  const ulid = requestId.slice(requestId.indexOf('_') + 1)
  if (!ULID.test(ulid)) return spanIdOf(requestId) + spanIdOf(`${requestId} `)
  let hex = ''
  // Of the 130 bits of 26 digits the first two are none of the id's.
  let value = DIGITS.indexOf(ulid.charAt(0)) & 7
  let bits = 3
  for (let at = 1; at < ulid.length; at += 1) {
    value = (value << 5) | DIGITS.indexOf(ulid.charAt(at))
    for (bits += 5; bits >= 4; bits -= 4) hex += HEX.charAt((value >> (bits - 4)) & 15)
    value &= 15
  }
  return hex
}

interface Told {
  readonly traceId: string
  readonly spanId: string
  readonly sampled: boolean
}

/** What a header says; undefined where it is absent or not as the standard wants it, and then it is as if it were absent. */
function readTraceparent(header: string | undefined): Told | undefined {
  if (header === undefined || header.length > 200) return undefined
  const [, traceId, spanId, flags, more] = TRACEPARENT.exec(header) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  if (more !== undefined && header.startsWith('00')) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED }
}
