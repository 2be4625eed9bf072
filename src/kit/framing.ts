import { createSseFramer, type SseFramer } from './sse.ts'

/** How a stream of bytes is cut into frames. */
export interface Framing {
  /** The media type that announces such a stream, lower case, without parameters. */
  readonly mediaType: string
  /** The same with its parameters, as it is told to clients. */
  readonly contentType: string
  /** Opens the framer of one stream. */
  open(): SseFramer
}

/** Server-Sent Events (WHATWG HTML, 9.2). */
export const SSE_FRAMING: Framing = {
  mediaType: 'text/event-stream',
  contentType: 'text/event-stream; charset=utf-8',
  open: () => createSseFramer(),
}
