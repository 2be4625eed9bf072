import { createSseFramer, SSE_COMMENT, sseComment, type SseFramer } from './sse.ts'

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

/** How frames of JSON are written for a client: what stands around each of them, and around all. */
export interface FrameStyle {
  /** The media type with its parameters. */
  readonly contentType: string
  /** Before the first frame, and before every other. */
  readonly first: string
  readonly next: string
  /** Behind every frame. */
  readonly behind: string
  /** Behind the last one. */
  readonly end: string
  /** A sign of life between two frames, or before the first. */
  readonly keepAlive: string
  /** What says something to whoever reads the bytes; nothing where there is no room for it. */
  readonly remark: (text: string) => string
}

/** Events of data alone whose lines end as those of an HTTP head do. */
export const CRLF_EVENTS: FrameStyle = {
  contentType: SSE_FRAMING.contentType,
  first: 'data: ',
  next: 'data: ',
  behind: '\r\n\r\n',
  end: '',
  keepAlive: SSE_COMMENT,
  remark: sseComment,
}

/** One array, which grows by an element with every frame and is JSON when it is whole. */
export const JSON_ARRAY: FrameStyle = {
  contentType: 'application/json; charset=utf-8',
  first: '[',
  next: ',\r\n',
  behind: '',
  end: ']\r\n',
  keepAlive: '\r\n',
  remark: () => '',
}
