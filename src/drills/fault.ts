/**
 * What can go wrong on the wire while an answer is sent. Statuses (`status-429`) are a family of their own.
 */
export const FAULT_KINDS = {
  'reset-before-head': 'The connection is reset before a response head is complete.',
  'reset-mid-stream': 'The connection is reset in the middle of the body.',
  'truncate-mid-stream': 'The body ends properly in the middle: only the terminal event is missing.',
  'stall-before-head': 'The request is taken and never answered.',
  'stall-mid-stream': 'The body stops in the middle and the connection stays open.',
  'ping-forever': 'Nothing but keep-alives.',
  'error-event-first': 'Status 200, then an error event before any content.',
  'error-event-mid-stream': 'An error event in the middle of the content.',
  'html-200': 'Status 200 with a page of HTML.',
  'error-200': 'Status 200 with the JSON of an error.',
  'empty-200': 'Status 200 without a body.',
  'bad-json-frame': 'One event whose data is not JSON; then the answer goes on.',
  'json-instead-of-sse': 'A JSON body where a stream was asked for.',
  'sse-instead-of-json': 'A stream where a JSON body was asked for.',
  'wrong-content-type': 'The right body, called text/plain.',
  'oversized-frame': 'One event larger than any limit (`bytes`, 17 MiB unless told).',
  'no-done': 'Everything except the terminal event.',
  'no-usage': 'A correct answer that does not say what it used.',
  'quota-spent': 'The account behind the credential has no money left.',
  'one-byte-chunks': 'A correct answer, one byte at a time (`every` apart).',
  'split-utf8': 'A correct answer, cut in the middle of every character that can be cut.',
} as const satisfies Record<string, string>

export type FaultKind = keyof typeof FAULT_KINDS

/** A fault that will happen to an answer. */
export interface Fault {
  readonly kind: FaultKind
  /** Content events sent before it; `end` means after the terminal event. */
  readonly after: number | 'end'
  /** Size of an oversized frame. */
  readonly bytes: number
  /** Distance of keep-alives and single bytes, milliseconds. */
  readonly everyMs: number
}

/** True for the name of a fault. */
export function isFaultKind(name: string): name is FaultKind {
  return Object.hasOwn(FAULT_KINDS, name)
}
