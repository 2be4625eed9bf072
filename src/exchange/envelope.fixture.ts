import type { Envelope } from './envelope.ts'

/** For tests: the outside of a request with these headers, named in lower case, all of which its dialect lets through. */
export function sampleEnvelope(headers: Readonly<Record<string, string>> = {}): Envelope {
  return {
    header: (name) => headers[name.toLowerCase()],
    forwarded: headers,
    address: '127.0.0.1',
    path: '/v1/sample',
    hops: 0,
    traceparent: headers['traceparent'],
  }
}
