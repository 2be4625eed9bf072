import type { Attempt } from '../exchange/exchange.ts'
import { traceOf, traceparentOf } from '../exchange/trace-context.ts'

/** What vendors and applications add to a trace (W3C Trace Context, Baggage); passed on as it is, where that is printable. */
const PASSED_ON = ['tracestate', 'baggage'] as const
/** The most that everybody has to pass on (W3C Baggage, 3.3.2). */
const MOST_CHARACTERS = 8_192
const PRINTABLE = /^[\t\x20-\x7e]*$/

/** Tells a provider of the trace that an attempt belongs to: the attempt is the parent of what it does. */
export function addTraceHeaders(headers: Record<string, string>, { id, exchange }: Attempt): void {
  headers['traceparent'] = traceparentOf(traceOf(exchange), id)
  for (const name of PASSED_ON) {
    const value = exchange.envelope.header(name)
    // A state belongs to the trace that the client told of.
    if (name === 'tracestate' && exchange.envelope.traceparent === undefined) continue
    if (value !== undefined && value.length <= MOST_CHARACTERS && PRINTABLE.test(value)) headers[name] = value
  }
}
